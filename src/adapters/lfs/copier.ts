import { setMaxListeners } from 'node:events';
import { basicAuthorization, type Secret } from '../../domain/credentials';
import { largestBatch } from '../../domain/lfs-batch';
import { createAddressPolicy } from '../../git-http/address-policy';
import { createGuardedDialer } from '../../git-http/guarded-dialer';
import { createRequester } from '../../git-http/requester';
import type { LfsCopy, LfsCopyRequest } from '../../ports/lfs';
import { CopyRun, type CopyLimits } from './copy-run';
import { ForgeLfs } from './forge-lfs';
import { Patience, type PatienceOptions } from './patience';
import { UpstreamLfs } from './upstream-lfs';

export interface CopierOptions {
  /** Addresses beyond the public ones that may be connected to (address-policy.ts). */
  readonly allowedAddresses: readonly string[];
  /** Address of the forge, with its path if it lives under one. */
  readonly forgeUrl: string;
  /** Headwater's own account: write:repository. */
  readonly forgeToken: Secret;
  /** Silence for so long, of either side, ends a request; ms. */
  readonly idleTimeoutMs: number;
  readonly limits?: Partial<CopyLimits>;
  readonly patience?: PatienceOptions;
}

/** Copies on the thread that it is called on. Close it to end the connections that it keeps. */
export interface Copier extends Pick<LfsCopy, 'copy'> {
  close(): void;
}

const usualLimits: CopyLimits = { concurrency: 8, batchSize: largestBatch, holdBytes: 16 * 1024 * 1024 };
const usualPatience: PatienceOptions = { tries: 3, firstDelayMs: 500, maxDelayMs: 60_000 };

export function createCopier(options: CopierOptions): Copier {
  const { forgeToken, idleTimeoutMs } = options;
  const forgeUrl = options.forgeUrl.replace(/\/+$/, '');
  const limits = { ...usualLimits, ...options.limits };
  const dialer = createGuardedDialer({ policy: createAddressPolicy(options.allowedAddresses) });
  const requester = createRequester();
  const secrets = [forgeToken.reveal()];

  const partsOf = ({ project, source, renew, signal }: LfsCopyRequest) => {
    const stop = new AbortController();
    const both = { idleTimeoutMs, signal: AbortSignal.any([signal, stop.signal]) };
    // Every request and every wait listens to it; the limits on these are our own.
    setMaxListeners(0, both.signal);
    const path = `${encodeURIComponent(project.owner)}/${encodeURIComponent(project.name)}.git`;
    return {
      stop,
      patience: new Patience(options.patience ?? usualPatience, both.signal),
      upstream: new UpstreamLfs(source, { ...both, requester: dialer }, limits.batchSize, renew),
      forge: new ForgeLfs({
        server: { ...both, requester },
        endpoint: new URL(`${forgeUrl}/${path}/info/lfs`),
        // The forge ignores the user name beside a token.
        authorization: basicAuthorization({ user: 'headwater', password: forgeToken }),
        secrets,
        batchSize: limits.batchSize,
      }),
    };
  };

  return {
    async copy(request) {
      request.signal.throwIfAborted();
      return new CopyRun(request, limits, partsOf(request)).run();
    },

    close() {
      dialer.close();
      requester.close();
    },
  };
}
