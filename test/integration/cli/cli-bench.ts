import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { compilePattern } from '../../../src/adapters/patterns/compile-pattern';
import { Secret } from '../../../src/domain/credentials';
import { HeadwaterError } from '../../../src/domain/errors';
import type { CliApp, CliDeps } from '../../../src/cli/cli-deps';
import { runCli } from '../../../src/cli/run-cli';
import { presentBackup } from '../../../src/http/api/backup-routes';
import { composeInstaller } from '../../../src/compose-installer';
import { presentMirror, presentRun } from '../../../src/http/api/present';
import { presentPolicy } from '../../../src/http/api/present-policy';
import { presentPushMirror } from '../../../src/http/api/present-push';
import { FakeForge } from '../../fakes/fake-forge';
import { FakeListings } from '../../fakes/fake-listings';
import { FakeNewProjects } from '../../fakes/fake-new-projects';
import { FakePushMirrors } from '../../fakes/fake-push-mirrors';
import { FakeSsh } from '../../fakes/fake-ssh';
import { MemoryLogger } from '../../fakes/memory-logger';
import { MemoryNotices } from '../../fakes/memory-notices';
import { MemoryQueue } from '../../fakes/memory-queue';
import { MemoryStore } from '../../fakes/memory-store';
import { PlainSecretBox } from '../../fakes/plain-secret-box';

import { buildPolicy } from '../../support/builders';

export interface CliAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliBench {
  readonly store: MemoryStore;
  readonly queue: MemoryQueue;
  readonly forge: FakeForge;
  readonly notices: MemoryNotices;
  readonly listings: FakeListings;
  readonly newProjects: FakeNewProjects;
  readonly pushMirrors: FakePushMirrors;
  readonly removedCaches: string[];
  /** How often an app was opened and is open still. */
  readonly open: { count: number };
  readonly served: { roles: readonly string[]; configFile: string | undefined }[];
  run(args: readonly string[], options?: { input?: string; tty?: boolean }): Promise<CliAnswer>;
}

/** The command line on fakes. */
export function cliBench(changes: Partial<CliDeps> = {}): CliBench {
  const store = new MemoryStore();
  const queue = new MemoryQueue();
  const forge = new FakeForge();
  const notices = new MemoryNotices();
  const newProjects = new FakeNewProjects(forge);
  const pushMirrors = new FakePushMirrors();
  const listings = new FakeListings();
  const removedCaches: string[] = [];
  const open = { count: 0 };
  const served: CliBench['served'] = [];
  forge.addProject();

  const app: CliApp = {
    store,
    queue,
    forge,
    notices,
    cache: { remove: async (mirrorId) => void removedCaches.push(mirrorId) },
    secrets: new PlainSecretBox(),
    ssh: new FakeSsh(),
    listUpstream: listings.list,
    newProjects,
    pushMirrors,
    ownToken: new Secret('canary-own-t0ken'),
    compilePattern,
    checkUpstream: ({ host }) => {
      if (host === '127.0.0.1') throw new HeadwaterError('url_blocked', { host });
    },
    log: new MemoryLogger(),
    policy: buildPolicy(),
    newId: randomUUID,
    close: async () => void (open.count -= 1),
  };

  return {
    store,
    queue,
    forge,
    notices,
    listings,
    newProjects,
    pushMirrors,
    removedCaches,
    open,
    served,
    run: async (args, { input = '', tty = false } = {}) => {
      const streams = { in: new PassThrough(), out: new PassThrough(), err: new PassThrough() };
      streams.in.end(input);
      const told = { out: '', err: '' };
      streams.out.on('data', (chunk: Buffer) => (told.out += chunk.toString()));
      streams.err.on('data', (chunk: Buffer) => (told.err += chunk.toString()));
      const code = await runCli(
        {
          io: { ...streams, err: Object.assign(streams.err, { isTTY: tty }) },
          version: '1.2.3',
          installer: composeInstaller(),
          settingsHelp: 'Settings: HEADWATER_FORGE_URL',
          open: async () => {
            open.count += 1;
            return app;
          },
          serve: async (roles, configFile) => void served.push({ roles, configFile }),
          present: {
            mirror: (mirror, run) => presentMirror(mirror, run, 'https://headwater.example'),
            run: presentRun,
            backup: presentBackup,
            pushMirror: presentPushMirror,
            policy: presentPolicy,
          },
          pollMs: 5,
          patienceMs: 60_000,
          ...changes,
        },
        args,
      );
      return { code, ...told };
    },
  };
}
