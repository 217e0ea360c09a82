import { Client } from 'ssh2';
import type { HostKey } from '../../../domain/mirror-ssh';
import type { SshTarget } from '../../../domain/ssh-url';
import type { UpstreamUrl } from '../../../domain/upstream-url';
import type { GuardedDialer } from '../../../git-http/guarded-dialer';
import { StallWatch } from '../../../git-http/stall-watch';
import { algorithmsFor, hostKeyAlgorithms, hostKeyOf } from './host-key';
import { connectionFault, faultIn, isNoCommonHostKey, SshFault, type Ssh2Error } from './ssh-fault';

export interface Detection {
  readonly url: UpstreamUrl;
  readonly ssh: SshTarget;
  readonly dialer: Pick<GuardedDialer, 'connect'>;
  readonly idleTimeoutMs: number;
}

/**
 * A server shows one key per handshake, of a type that the client asks for: so one short connection per type, as
 * ssh-keyscan has it. Nobody is signed in. At least one key. Raises SshFault and the dialer's errors.
 */
export async function detectHostKeys(detection: Detection, signal: AbortSignal): Promise<HostKey[]> {
  const found: HostKey[] = [];
  let fault: unknown = null;
  for (const type of hostKeyAlgorithms.keys()) {
    try {
      const key = await askFor(type, detection, signal);
      if (key !== null) found.push(key);
    } catch (thrown) {
      fault ??= thrown;
      // A server that cannot be reached for one type cannot be for another.
      if (found.length === 0) break;
    }
  }
  if (found.length > 0) return found;
  if (fault !== null) throw new SshFault(faultIn(fault));
  throw new SshFault(failure(detection, new Error('no matching host key of any type')));
}

/** null: the server has no key of this type. */
async function askFor(type: string, detection: Detection, signal: AbortSignal): Promise<HostKey | null> {
  const { dialer, url, ssh, idleTimeoutMs } = detection;
  const socket = await dialer.connect(url.host, ssh.port, signal);
  const client = new Client();
  const onStall = () => fail(new SshFault({ kind: 'stalled', phase: 'connecting', idleTimeoutMs }));
  let fail: (error: Error) => void = () => undefined;
  const watch = new StallWatch(idleTimeoutMs, onStall);
  try {
    return await new Promise<HostKey | null>((resolve, reject) => {
      fail = reject;
      client.on('error', (error: Ssh2Error) => {
        if (isNoCommonHostKey(error)) resolve(null);
        else reject(new SshFault(failure(detection, error)));
      });
      client.on('close', () =>
        reject(new SshFault(failure(detection, Object.assign(new Error('closed'), { code: 'ECONNRESET' })))),
      );
      client.connect({
        sock: socket,
        username: ssh.user,
        readyTimeout: 0,
        algorithms: { serverHostKey: algorithmsFor([{ type }]) },
        hostVerifier: (blob: Buffer) => {
          resolve(hostKeyOf(blob));
          return false;
        },
      });
      socket.on('data', () => watch.touch());
    });
  } finally {
    watch.stop();
    client.end();
    socket.destroy();
  }
}

function failure({ url, ssh }: Detection, error: Ssh2Error) {
  return connectionFault(error, { host: url.host, user: ssh.user, signingIn: false });
}
