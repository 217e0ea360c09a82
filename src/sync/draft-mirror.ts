import type { Mirror } from '../domain/mirror';
import { narrowSchedule, optionsOf } from '../domain/policy';
import { parseUpstreamUrl } from '../domain/upstream-url';
import type { ProjectName } from '../ports/forge';
import type { Store } from '../ports/store';
import { checkCredentials } from './enrol-project';
import { holdToPolicy } from './hold-to-policy';
import { applySettings, type MirrorSettings, type SettingsDeps } from './mirror-settings';
import { newMirror } from './new-mirror';

export interface DraftDeps extends SettingsDeps {
  readonly store: Pick<Store, 'now' | 'policy'>;
  readonly newId: () => string;
}

/**
 * The mirror as these settings would leave it, held to everything that saving holds them to; nothing is stored. A key that
 * saving would make is made for the draft alone.
 * Raises url_*, what holdToPolicy raises, input_invalid, mirror_not_ssh.
 */
export async function draftMirror(
  deps: DraftDeps,
  project: ProjectName,
  before: Mirror | null,
  settings: MirrorSettings,
): Promise<Mirror> {
  checkCredentials(settings);
  const parsed = settings.url === undefined ? null : parseUpstreamUrl(settings.url);
  if (parsed !== null) deps.checkUpstream(parsed.url);
  const [at, allowed] = await Promise.all([deps.store.now(), deps.store.policy()]);
  // The kind that costs nothing to make.
  const key = await deps.ssh.generateKey('ed25519', 'draft');
  const start = before ?? { ...newMirror(deps, project, parsed?.url.href, at), options: optionsOf(allowed) };
  const held = { ...deps, policy: narrowSchedule(deps.policy, allowed) };
  const after = applySettings(held, start, project, settings, parsed?.url.href, { key, at });
  // A look at an upstream is for those who may mirror it, and at the hosts that may be mirrored (WH-07).
  holdToPolicy(allowed, { before: null, after, owner: project.owner, by: settings.by, namesUrl: true });
  return after;
}
