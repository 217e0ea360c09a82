import { HeadwaterError } from '../../../domain/errors';
import { createGuardedDialer, type GuardedDialerOptions } from '../../../git-http/guarded-dialer';
import type { Ssh } from '../../../ports/ssh';
import { upstreamFault } from '../http-errors';
import { detectHostKeys } from './detect-host-keys';
import { generateKey } from './generate-key';
import { readHostKey } from './host-key';
import { faultIn } from './ssh-fault';

export interface SshOptions extends Omit<GuardedDialerOptions, 'ca'> {
  /** Silence for so long ends a detection; ms. A person waits for it. */
  readonly idleTimeoutMs?: number;
}

/** Keys of both sides; connections go through the guarded dialer like all others. */
export function createSsh(options: SshOptions): Ssh {
  const dialer = createGuardedDialer(options);
  return {
    generateKey,
    readHostKey,
    async detectHostKeys(url, signal) {
      if (url.ssh === null) throw new HeadwaterError('mirror_not_ssh');
      try {
        const { idleTimeoutMs = 10_000 } = options;
        return await detectHostKeys({ url, ssh: url.ssh, dialer, idleTimeoutMs }, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        const translate = upstreamFault({ host: url.host, hasCredentials: false, secrets: [], doing: 'listing' });
        throw translate(faultIn(thrown));
      }
    },
  };
}
