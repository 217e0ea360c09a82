import type { Secret } from '../../src/domain/credentials';
import { HeadwaterError } from '../../src/domain/errors';
import type {
  NewPushMirror,
  ProjectPath,
  PushMirror,
  PushMirrorCapabilities,
  PushMirrors,
} from '../../src/ports/push-mirrors';

/** The forge's push mirrors in memory. */
export class FakePushMirrors implements PushMirrors {
  can: PushMirrorCapabilities = { ssh: true, branchFilter: false };
  disabled = false;
  /** What was asked for and with whose token, in order. */
  readonly asked: string[] = [];
  readonly made: NewPushMirror[] = [];
  /** How the next syncs end. */
  ends: (signal: AbortSignal) => Promise<boolean> = async () => true;
  mirrors: readonly PushMirror[] = [];

  async capabilities(): Promise<PushMirrorCapabilities> {
    return this.can;
  }

  async list(token: Secret, project: ProjectPath): Promise<readonly PushMirror[]> {
    this.#note('list', token, project);
    return this.mirrors;
  }

  async create(token: Secret, project: ProjectPath, wanted: NewPushMirror): Promise<PushMirror> {
    this.#note('create', token, project);
    this.made.push(wanted);
    const mirror: PushMirror = {
      name: `remote_mirror_${this.made.length}`,
      url: wanted.url.href,
      intervalMs: wanted.intervalMs,
      syncOnCommit: wanted.syncOnCommit,
      branchFilter: wanted.branchFilter,
      publicKey: wanted.url.ssh === null ? null : 'ssh-ed25519 key',
      createdAt: Date.UTC(2026, 0, 1),
      lastUpdateAt: null,
      lastError: null,
    };
    this.mirrors = [...this.mirrors, mirror];
    return mirror;
  }

  async remove(token: Secret, project: ProjectPath, name: string): Promise<void> {
    this.#note('remove', token, project);
    this.mirrors = this.mirrors.filter((mirror) => mirror.name !== name);
  }

  async sync(token: Secret, project: ProjectPath, signal: AbortSignal): Promise<boolean> {
    this.#note('sync', token, project);
    return this.ends(signal);
  }

  #note(what: string, token: Secret, { owner, name }: ProjectPath): void {
    if (this.disabled) throw new HeadwaterError('push_mirrors_disabled');
    this.asked.push(`${what} ${owner}/${name} with ${token.reveal()}`);
  }
}
