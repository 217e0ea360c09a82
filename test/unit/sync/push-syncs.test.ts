import { Secret } from '../../../src/domain/credentials';
import { HeadwaterError } from '../../../src/domain/errors';
import { capabilitiesOf } from '../../../src/adapters/forge/push-mirror-capabilities';
import { PushSyncs } from '../../../src/sync/push-syncs';
import { FakePushMirrors } from '../../fakes/fake-push-mirrors';
import { MemoryLogger } from '../../fakes/memory-logger';

const token = new Secret('t0ken');
const project = { id: 1, owner: 'owner', name: 'project' };

function bench() {
  const pushMirrors = new FakePushMirrors();
  const log = new MemoryLogger();
  let end: (done: boolean) => void = () => undefined;
  pushMirrors.ends = (signal) =>
    new Promise((resolve, reject) => {
      end = resolve;
      signal.addEventListener('abort', () => reject(new HeadwaterError('forge_unreachable', { why: 'closed' })));
    });
  return { pushMirrors, log, syncs: new PushSyncs({ pushMirrors, log }), end: (done: boolean) => end(done) };
}

describe('syncs of push mirrors', () => {
  it('keeps no caller longer than said, goes on, and is one per project', async () => {
    const { pushMirrors, syncs, end } = bench();
    expect(await syncs.sync(token, project, 5)).toBe('running');
    const second = syncs.sync(token, project, 10_000);
    end(true);
    expect(await second).toBe('finished');
    expect(pushMirrors.asked).toHaveLength(1);
    const next = syncs.sync(token, project, 10_000);
    end(false);
    expect(await next).toBe('failed');
    expect(pushMirrors.asked).toHaveLength(2);
  });

  it('tells a waiting caller what went wrong, and the log what nobody waits for', async () => {
    const { pushMirrors, syncs, log } = bench();
    pushMirrors.ends = () => Promise.reject(new HeadwaterError('push_mirrors_disabled'));
    await expect(syncs.sync(token, project, 1000)).rejects.toMatchObject({ code: 'push_mirrors_disabled' });
    expect(JSON.stringify(log.lines)).toContain('push_mirrors_disabled');
  });

  it('breaks off what is under way when it is closed', async () => {
    const { syncs } = bench();
    const waiting = syncs.sync(token, project, 10_000);
    const ended = expect(waiting).rejects.toMatchObject({ code: 'forge_unreachable' });
    await syncs.close();
    await ended;
  });
});

describe('capabilities by version', () => {
  it.each([
    ['11.0.1+gitea-1.22.0', { ssh: true, branchFilter: false }],
    ['15.0.0+gitea-1.22.0', { ssh: true, branchFilter: true }],
    ['6.0.14+0-gitea-1.21.11', { ssh: false, branchFilter: false }],
    ['1.24.2', { ssh: false, branchFilter: false }],
    ['', { ssh: false, branchFilter: false }],
  ])('%s', (version, capabilities) => {
    expect(capabilitiesOf(version)).toEqual(capabilities);
  });
});
