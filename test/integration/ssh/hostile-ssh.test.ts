import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ServerChannel } from 'ssh2';
import { createObjectCache } from '../../../src/adapters/cache/create-object-cache';
import { flushPkt, pktLine } from '../../../src/git-http/pkt-line';
import type { Upstream } from '../../../src/ports/upstream';
import { faultOf, never, openUpstream } from '../../support/git-upstream-access';
import { HostileSsh, type HostileSshBehaviour } from '../../support/hostile-ssh';
import { capabilities } from '../../support/hostile-upstream';
import { loopbackSsh, sshAccessTo, type TestKey } from '../../support/ssh-access';

const tip = 'a'.repeat(40);
const listing = Buffer.concat([pktLine(`${tip} refs/heads/main\0${capabilities}\n`), flushPkt]);

describe('a hostile SSH server', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-test-'));
  const cache = createObjectCache({ dir: path.join(folder, 'cache') });
  let server: HostileSsh;
  let upstream: Upstream;
  let impatient: Upstream;
  let key: TestKey;

  beforeAll(async () => {
    server = await HostileSsh.start();
    upstream = openUpstream({ maxFetchBytes: 3_000_000, keepSpareChild: true });
    // Longer than a sign-in takes, and a child to start, on a busy machine.
    impatient = openUpstream({ idleTimeoutMs: 3_000, keepSpareChild: true });
    key = await loopbackSsh.generateKey('ed25519', 'test');
  });
  beforeEach(() => {
    server.connections = 0;
    server.commands = 0;
  });
  afterAll(async () => {
    await Promise.all([upstream.close(), impatient.close()]);
    await server.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const list = (behaviour: HostileSshBehaviour, from = upstream) => {
    server.behaviour = behaviour;
    return faultOf(from.list(sshAccessTo(server.url, [key], [server.hostKey]).access, never));
  };
  const says = (text: string | Buffer): HostileSshBehaviour => ({ run: (channel) => void channel.write(text) });
  const ends = (exitCode: number, stderr: string): HostileSshBehaviour => ({
    run: (channel) => {
      channel.stderr.write(stderr);
      channel.exit(exitCode);
      channel.end();
    },
  });

  test.each<[string, HostileSshBehaviour, string]>([
    ['before the greeting', { mute: true }, 'connecting'],
    ['at the sign-in', { noSignIn: true }, 'signing in'],
    ['at the command', { noCommand: true }, 'listing refs'],
    ['before the list of refs', { run: () => undefined }, 'listing refs'],
    ['in the list of refs', says(listing.subarray(0, 30)), 'listing refs'],
  ])('that falls silent %s ends in time, and the phase is told', async (_, behaviour, phase) => {
    const fault = await list(behaviour, impatient);
    expect([fault.code, fault.message]).toEqual(['upstream_stalled', expect.stringContaining(`while ${phase}`)]);
    expect(server.connections).toBe(1);
  });

  test('that speaks for ever without an end is stopped by the time for the whole', async () => {
    const hasty = openUpstream({ totalTimeoutMs: 1_500 });
    const drip: HostileSshBehaviour['run'] = (channel, _, connection) => {
      const timer = setInterval(() => channel.write(pktLine(`${tip} refs/heads/x${Math.random()}\n`)), 100);
      connection.on('close', () => clearInterval(timer));
      channel.write(pktLine(`${tip} refs/heads/main\0${capabilities}\n`));
    };
    const fault = await list({ run: drip }, hasty);
    await hasty.close();
    expect(fault.code).toBe('upstream_timeout');
  });

  test.each<[string, HostileSshBehaviour, string]>([
    ['speaks another protocol', { greeting: 'HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(50) }, 'upstream_ssh_failed'],
    ['speaks the first version of SSH', { greeting: 'SSH-1.5-old\r\n' }, 'upstream_ssh_failed'],
    ['lists no pkt-lines', says('Welcome to the jungle!\n'), 'upstream_not_git'],
    ['refuses in the protocol', says(pktLine('ERR no reading today')), 'upstream_refused'],
    ['has SHA-256 objects', says(pktLine(`${tip} refs/heads/m\0object-format=sha256\n`)), 'upstream_sha256'],
    ['has no git', ends(127, 'bash: git-upload-pack: command not found\n'), 'upstream_not_git'],
    [
      'knows no such repository (git)',
      ends(128, "fatal: '/x' does not appear to be a git repository\n"),
      'upstream_not_found',
    ],
    ['knows no such repository (GitHub)', ends(1, 'ERROR: Repository not found.\n'), 'upstream_not_found'],
    [
      'knows no such repository (GitLab)',
      ends(
        1,
        "remote: ERROR: The project you were looking for could not be found or you don't have permission to view it.\n",
      ),
      'upstream_not_found',
    ],
    ['knows no such repository (Forgejo)', ends(1, 'Forgejo: Cannot find repository: a/b\n'), 'upstream_not_found'],
    ['admits nobody', ends(1, 'This account is currently not available.\n'), 'upstream_refused'],
    [
      'leaves in the middle',
      { run: (channel, _, connection) => channel.write(listing.subarray(0, 30), () => connection.end()) },
      'upstream_truncated',
    ],
  ])('that %s', async (_, behaviour, code) => {
    expect((await list(behaviour)).code).toBe(code);
    expect(server.connections).toBe(1);
  });

  test('cannot make us show its control characters', async () => {
    const fault = await list(ends(1, '\u001b[31mno\u0007 \u202eentry\n'));
    expect(fault.message).toMatch(/no\s+entry/);
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(fault.message).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  const fetch = async (second: HostileSshBehaviour['run'], by: Upstream) => {
    server.behaviour = {
      run: (channel, count, connection) =>
        count === 1 ? void channel.write(listing) : second?.(channel, count, connection),
    };
    const { access } = sshAccessTo(server.url, [key], [server.hostKey]);
    const refs = await by.list(access, never);
    const cacheDir = await cache.open('hostile');
    const request = { access, listing: refs, cacheDir, wanted: [tip], onProgress: () => {}, signal: never };
    const fault = await faultOf(by.fetch(request));
    expect(fs.readdirSync(path.join(cacheDir, 'objects/pack'))).toEqual([]);
    return fault;
  };
  /** Answers the first thing that the client says. */
  const answers = (text: Buffer, then?: (channel: ServerChannel) => void) => (channel: ServerChannel) => {
    channel.write(listing);
    channel.once('data', () => {
      channel.write(text);
      then?.(channel);
    });
  };

  test.each<[string, HostileSshBehaviour['run'], string, RegExp]>([
    ['is silent in the middle of a fetch', answers(pktLine('NAK\n')), 'upstream_stalled', /while receiving data/],
    ['is silent at the start of a fetch', () => undefined, 'upstream_stalled', /while listing refs/],
    [
      'sends garbage for a pack',
      answers(Buffer.concat([pktLine('NAK\n'), pktLine('\u0001garbage garbage garbage')])),
      'upstream_corrupt',
      /./,
    ],
    [
      'says that it lacks what it listed',
      answers(pktLine(`ERR upload-pack: not our ref ${tip}`)),
      'upstream_changed',
      /./,
    ],
    ['refuses the fetch', answers(pktLine('ERR quota exceeded')), 'upstream_refused', /quota exceeded/],
    [
      'leaves in the middle of a fetch',
      answers(pktLine('NAK\n'), (channel) => {
        channel.exit(1);
        channel.end();
      }),
      'upstream_corrupt',
      /broke off/,
    ],
    [
      'is gone by the time of the fetch',
      (channel) => {
        channel.exit(128);
        channel.end();
      },
      'upstream_refused',
      /./,
    ],
    [
      'never ends its list',
      (channel) => {
        const line = pktLine(`${tip} refs/heads/${'x'.repeat(60_000)}\n`);
        const pump = () => {
          while (channel.writable && channel.write(line));
        };
        channel.on('drain', pump);
        pump();
      },
      'upstream_too_large',
      /./,
    ],
  ])('that %s', async (_, run, code, message) => {
    const fault = await fetch(run, code === 'upstream_stalled' ? impatient : upstream);
    expect([fault.code, fault.message]).toEqual([code, expect.stringMatching(message)]);
    expect(server.connections).toBe(2);
  });
});
