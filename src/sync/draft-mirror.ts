import type { Mirror } from '../domain/mirror';
import { parseUpstreamUrl } from '../domain/upstream-url';
import type { Store } from '../ports/store';
import { applySettings, newMirror, type EnrolDeps, type MirrorSettings, type ProjectName } from './enrol-mirror';
import { checkCredentials } from './enrol-project';

export type DraftDeps = Pick<EnrolDeps, 'secrets' | 'ssh' | 'compilePattern' | 'checkUpstream' | 'newId' | 'policy'> & {
  readonly store: Pick<Store, 'now'>;
};

/**
 * The mirror as these settings would leave it, held to everything that saving holds them to; nothing is stored. A key that
 * saving would make is made for the draft alone.
 * Raises url_*, input_invalid, mirror_not_ssh.
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
  const at = await deps.store.now();
  // The kind that costs nothing to make.
  const key = await deps.ssh.generateKey('ed25519', 'draft');
  const start = before ?? newMirror(deps, project, parsed?.url.href, at);
  return applySettings(deps, start, project, settings, parsed?.url.href, { key, at });
}
