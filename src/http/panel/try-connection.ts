import { toHeadwaterError } from '../../domain/errors';
import { showRemoteText } from '../../domain/redact';
import type { UpstreamUrl } from '../../domain/upstream-url';
import { test as testTexts } from '../../panel/texts/forms';
import type { MirrorSettings } from '../../sync/mirror-settings';
import { testConnection } from '../../sync/test-connection';
import { contextFor } from './failure-context';
import type { Panel, PanelContext } from './panel-context';
import { explainFailure } from './view/failure';
import { linesOf, sentenceOf } from './view/failure-words';
import type { FormInput } from './view/form-view';

/** "Test connection": what was found, or why nothing was. Never raises. */
export async function tryConnection(
  { deps, mayConnect }: Panel,
  context: PanelContext,
  settings: MirrorSettings,
  url: UpstreamUrl,
): Promise<FormInput['result']> {
  try {
    await mayConnect(context.request);
    const found = await testConnection(deps, context.caller.project, settings, deps.closing);
    const main = found.defaultBranch === null ? null : showRemoteText(found.defaultBranch.replace('refs/heads/', ''));
    const already = found.projectBranches ?? 0;
    const warnings = found.warnings
      // A project that is yet to be made cannot be seen.
      .filter(({ code }) => code !== 'url_credentials_ignored' && context.caller.project.id !== 0)
      .map((warning) => sentenceOf(explainFailure(warning, contextFor(context, url))));
    const lines = [testTexts.connected(found.branches, found.tags, main)];
    return { tone: 'ok', lines: [...lines, ...(already > 0 ? [testTexts.already(already)] : []), ...warnings] };
  } catch (thrown) {
    const failure = explainFailure(toHeadwaterError(thrown).toFault(), contextFor(context, url));
    return { tone: 'bad', lines: linesOf(failure) };
  }
}
