import type { Secret } from '../../domain/credentials';
import type { Mirror } from '../../domain/mirror';
import type { HostKey } from '../../domain/mirror-ssh';
import { parseUpstreamUrl, type UpstreamUrl } from '../../domain/upstream-url';
import { form as formTexts, hostKeys as keyTexts } from '../../panel/texts/forms';
import type { Enrolled } from '../../sync/enrol-mirror';
import { enrolProject } from '../../sync/enrol-project';
import type { MirrorSettings } from '../../sync/mirror-settings';
import { explainForm, FieldError, type Unsaved } from './form-faults';
import { settingsOf } from './form-settings';
import type { Panel, PanelContext } from './panel-context';
import type { SentForm } from './read-form';
import { tryConnection } from './try-connection';
import { viewHostKeys } from './view/host-keys-view';

export type Outcome =
  | {
      readonly saved: true;
      readonly mirror: Mirror;
      readonly created: boolean;
      readonly warnings: readonly string[];
      /** Shown to whoever named the address that messages go to, and never again. */
      readonly notifySecret: Secret | null;
    }
  | { readonly saved: false; readonly again: Unsaved };

/** A person waits for a server's keys no longer than this; ms. */
const longestDetectionMs = 30_000;

/** Saves a form, or tests it, or says what is wrong with it. Whatever goes wrong is said beside what was filled in. */
export async function saveMirror(
  panel: Panel,
  context: PanelContext,
  sent: SentForm,
  before: Mirror | null,
  enrol: (settings: MirrorSettings) => Promise<Enrolled> = (settings) =>
    enrolProject(panel.deps, context.caller.project, settings),
): Promise<Outcome> {
  const { values } = sent;
  const again = (more: Omit<Unsaved, 'values'> = {}): Outcome => ({ saved: false, again: { values, ...more } });
  if (sent.what === 'meant') return again();
  try {
    const url = readAddress(values.address);
    const keys = await keysFor(panel, context, url, sent, before);
    if (keys !== null && !keys.confirmed) {
      const hostKeys = viewHostKeys(url.host, keys.all);
      return again({ hostKeys, ...(keys.shownBefore ? { faults: { keys: keyTexts.first } } : {}) });
    }
    const settings = settingsOf(context, sent, keys?.all ?? null, before);
    const hostKeys = keys === null ? null : viewHostKeys(url.host, keys.all);
    if (sent.what === 'test') return again({ result: await tryConnection(panel, context, settings, url), hostKeys });
    const enrolled = await enrol(settings);
    return {
      saved: true,
      mirror: enrolled.mirror,
      created: enrolled.created,
      warnings: enrolled.warnings.map(({ code }) => code),
      notifySecret: enrolled.notifySecret,
    };
  } catch (thrown) {
    return again(explainForm(thrown, context, sent));
  }
}

function readAddress(address: string): UpstreamUrl {
  if (address === '') throw new FieldError({ address: formTexts.addressMissing });
  return parseUpstreamUrl(address).url;
}

interface Keys {
  readonly all: readonly HostKey[];
  readonly confirmed: boolean;
  readonly shownBefore: boolean;
}

/** null: the address needs none, or they were confirmed with an earlier save. */
async function keysFor(
  { deps, mayConnect }: Panel,
  { request }: PanelContext,
  url: UpstreamUrl,
  sent: SentForm,
  before: Mirror | null,
): Promise<Keys | null> {
  if (url.ssh === null) return null;
  const known = before?.ssh?.hostKeys.length ?? 0;
  if (before !== null && known > 0 && parseUpstreamUrl(before.url).url.origin === url.origin) return null;
  const shown = sent.hostKeys.map((text) => deps.ssh.readHostKey(text)).filter((key) => key !== null);
  if (shown.length > 0 && sent.keysConfirmed) return { all: shown, confirmed: true, shownBefore: true };
  const signal = AbortSignal.any([deps.closing, AbortSignal.timeout(longestDetectionMs)]);
  deps.checkUpstream(url);
  await mayConnect(request);
  const all = await deps.ssh.detectHostKeys(url, signal);
  return { all, confirmed: false, shownBefore: shown.length > 0 };
}
