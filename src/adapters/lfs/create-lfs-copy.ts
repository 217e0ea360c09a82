import { setMaxListeners } from 'node:events';
import { z } from 'zod';
import { basicAuthorization, type Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import { largestBatch } from '../../domain/lfs-batch';
import { createGuardedDialer, type GuardedDialerOptions } from '../../git-http/guarded-dialer';
import { createRequester } from '../../git-http/requester';
import type { LfsCopy, LfsCopyRequest } from '../../ports/lfs';
import { parseJson } from './batch';
import { CopyRun, type CopyLimits } from './copy-run';
import { forgeFault, refusedByForge } from './errors';
import { ForgeLfs } from './forge-lfs';
import { Patience, type PatienceOptions } from './patience';
import { ask } from './server';
import { UpstreamLfs } from './upstream-lfs';

export interface LfsCopyOptions extends GuardedDialerOptions {
  /** Address of the forge, with its path if it lives under one. */
  readonly forgeUrl: string;
  /** Headwater's own account: write:repository. */
  readonly forgeToken: Secret;
  /** Silence for so long, of either side, ends a request; ms. */
  readonly idleTimeoutMs: number;
  readonly limits?: Partial<CopyLimits>;
  readonly patience?: PatienceOptions;
}

const usualLimits: CopyLimits = { concurrency: 8, batchSize: largestBatch, holdBytes: 16 * 1024 * 1024 };
const usualPatience: PatienceOptions = { tries: 3, firstDelayMs: 500, maxDelayMs: 60_000 };

const settingsSchema = z.object({ lfs_disabled: z.boolean().default(false) });
const maxSettingsBytes = 64 * 1024;

/** Copies LFS objects by the batch API of both sides. Close it to end the connections that it keeps. */
export function createLfsCopy(options: LfsCopyOptions): LfsCopy & { close(): void } {
  const { forgeToken, idleTimeoutMs } = options;
  const forgeUrl = options.forgeUrl.replace(/\/+$/, '');
  const limits = { ...usualLimits, ...options.limits };
  const dialer = createGuardedDialer(options);
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
    async isEnabled(signal) {
      const answer = await ask(
        { requester, idleTimeoutMs, translate: forgeFault, signal },
        {
          url: new URL(`${forgeUrl}/api/v1/settings/repository`),
          method: 'GET',
          headers: { authorization: `token ${forgeToken.reveal()}`, accept: 'application/json' },
        },
        maxSettingsBytes,
      );
      if (answer.status !== 200) throw refusedByForge(secrets)(answer);
      const settings = settingsSchema.safeParse(parseJson(answer.text));
      if (settings.success) return !settings.data.lfs_disabled;
      throw new HeadwaterError('forge_failed', { status: '200 but not what a forge sends', doing: 'asking about LFS' });
    },

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
