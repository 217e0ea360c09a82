import type { Secret } from '../../domain/credentials';
import { HeadwaterError, toHeadwaterError } from '../../domain/errors';
import { factsOf } from '../../domain/fault-facts';
import type { Mirror } from '../../domain/mirror';
import type { HostKey } from '../../domain/mirror-ssh';
import { showRemoteText } from '../../domain/redact';
import { parseUpstreamUrl, type UpstreamUrl } from '../../domain/upstream-url';
import {
  form as formTexts,
  hostKeys as keyTexts,
  options as optionTexts,
  test as testTexts,
} from '../../panel/texts/forms';
import { notify as notifyTexts } from '../../panel/texts/notify';
import { newProject } from '../../panel/texts/pages';
import { say, type Rich } from '../../panel/texts/rich';
import type { Enrolled } from '../../sync/enrol-mirror';
import { enrolProject } from '../../sync/enrol-project';
import type { MirrorSettings } from '../../sync/mirror-settings';
import { testConnection } from '../../sync/test-connection';
import { explainFailure, type FailureContext } from './view/failure';
import type { FaultyFields, FormInput } from './view/form-view';
import { viewHostKeys } from './view/host-keys-view';
import { otherSideOf } from './view/pull-input';
import type { Panel, PanelContext } from './panel-context';
import { isSshForm, notifyOf, optionsOf, secretOf, tokenEndOf, type SentForm } from './read-form';

/** What is shown of a form that was not saved, or only tested. */
export type Unsaved = Pick<FormInput, 'values'> &
  Partial<Pick<FormInput, 'faults' | 'hostKeys' | 'result' | 'optionsOpen'>>;

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
    if (sent.what === 'test') return again({ result: await test(panel, context, settings, url), hostKeys });
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

/** Told to the person at the field, not to a log. */
class FieldError extends Error {
  constructor(readonly faults: FaultyFields) {
    super('a field cannot be used');
  }
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

function settingsOf(
  { login, caller }: PanelContext,
  sent: SentForm,
  keys: readonly HostKey[] | null,
  before: Mirror | null,
): MirrorSettings {
  const { values } = sent;
  const notify = notifyOf(values);
  const by = caller.person;
  const common = { url: values.address, options: optionsOf(values), notify, confirmedBy: login, by };
  if (isSshForm(values)) {
    const pinned = keys === null ? {} : { sshHostKeys: keys.map(({ type, key }) => `${type} ${key}`) };
    // The key that is made now is installed nowhere yet: the first run waits until the person says that it is.
    const waits = before?.ssh == null ? { enabled: false } : {};
    const keyType = values.keyType === before?.ssh?.keys[0]?.type ? {} : { sshKeyType: values.keyType };
    return { ...common, ...pinned, ...waits, ...keyType };
  }
  const restarts = before?.ssh != null ? { enabled: true } : {};
  if (values.method !== 'password') return { ...common, ...restarts, authUser: null, authPassword: null };
  const secret = secretOf(sent.password);
  return {
    ...common,
    ...restarts,
    authUser: values.username === '' ? null : values.username,
    tokenExpiresAt: tokenEndOf(values.tokenEnd, before?.tokenExpiresAt ?? null),
    ...(secret === undefined ? {} : { authPassword: secret }),
  };
}

async function test(
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
      .map((warning) => sentences(explainFailure(warning, contextFor(context, url))));
    const lines = [testTexts.connected(found.branches, found.tags, main)];
    return { tone: 'ok', lines: [...lines, ...(already > 0 ? [testTexts.already(already)] : []), ...warnings] };
  } catch (thrown) {
    const failure = explainFailure(toHeadwaterError(thrown).toFault(), contextFor(context, url));
    return { tone: 'bad', lines: failure.advice === null ? [failure.why] : [failure.why, failure.advice] };
  }
}

function sentences({ why, advice }: { readonly why: Rich; readonly advice: Rich | null }): Rich {
  return advice === null ? why : say`${why} ${advice}`;
}

/** At the field where a field is to blame, otherwise above the buttons. */
export function explainForm(thrown: unknown, context: PanelContext, sent: SentForm): Omit<Unsaved, 'values'> {
  if (thrown instanceof FieldError) return { faults: thrown.faults };
  const error = toHeadwaterError(thrown);
  if (error.kind === 'bug') throw thrown;
  const faults = fieldFaults(error, sent);
  if (faults !== null) return { faults };
  const url = tryAddress(sent.values.address);
  const failure = explainFailure(error.toFault(), contextFor(context, url));
  return { result: { tone: 'bad', lines: failure.advice === null ? [failure.why] : [failure.why, failure.advice] } };
}

function fieldFaults(error: HeadwaterError, sent: SentForm): FaultyFields | null {
  if (error.code === 'url_invalid' || error.code === 'url_scheme_forbidden') return { address: addressFault(error) };
  const aboutProject = projectFault(error);
  if (aboutProject !== null) return aboutProject;
  if (error.code !== 'input_invalid') return null;
  const faults: Record<string, string> = {};
  for (const { field, message } of error.fieldFaults) {
    if (field === 'name') faults['name'] = newProject.nameInvalid;
    else if (field === 'owner') faults['owner'] = newProject.ownerDenied;
    else if (field === 'url') faults['address'] = formTexts.addressMissing;
    else if (field === 'auth_user')
      faults['username'] = message.includes('colon') ? formTexts.noColon : formTexts.noControl;
    else if (field === 'auth_password') faults['password'] = formTexts.noControl;
    else if (field === 'mirror_branch_regex')
      faults['pattern'] =
        sent.values.options.branchPattern === '' ? formTexts.patternMissing : formTexts.patternInvalid;
    else if (field === 'token_expires_at') faults['tokenEnd'] = formTexts.tokenEndInvalid;
    else if (field === 'lfs_url') faults['lfsUrl'] = optionTexts.lfsUrlInvalid;
    else if (field === 'notify_url') faults['notifyUrl'] = notifyTexts.urlInvalid;
    else if (field === 'interval') faults['interval'] = formTexts.intervalInvalid(message);
    else if (field.startsWith('ssh_host_keys')) faults['keys'] = keyTexts.first;
  }
  return Object.keys(faults).length > 0 ? faults : null;
}

/** Where a project is made too. */
function projectFault({ code }: HeadwaterError): FaultyFields | null {
  switch (code) {
    case 'project_exists':
      return { name: newProject.exists };
    case 'project_owner_denied':
      return { owner: newProject.ownerDenied };
    case 'token_missing':
      return { token: newProject.tokenMissing };
    case 'token_invalid':
      return { token: newProject.tokenInvalid };
    case 'token_scope_missing':
      return { token: newProject.tokenScope };
    default:
      return null;
  }
}

/** What is said while an address is typed says it better, where it knows. */
function addressFault(error: HeadwaterError): string {
  return formTexts.addressUnreadable(factsOf(error)['why'] ?? null);
}

function tryAddress(address: string): UpstreamUrl | null {
  try {
    return parseUpstreamUrl(address).url;
  } catch {
    return null;
  }
}

export function contextFor({ forge }: PanelContext, url: UpstreamUrl | null): FailureContext {
  const other = url === null ? { host: '', repository: '' } : otherSideOf(url.href);
  return {
    host: other.host,
    repository: other.repository,
    forge: forge.name,
    account: forge.account,
    retryAt: null,
    runId: null,
    tookMs: null,
    pushed: false,
  };
}
