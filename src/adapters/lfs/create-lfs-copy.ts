import { z } from 'zod';
import { HeadwaterError } from '../../domain/errors';
import type { LfsObject } from '../../domain/lfs-pointer';
import { createRequester } from '../../git-http/requester';
import type { LfsCopy } from '../../ports/lfs';
import { parseJson } from './batch';
import { createCopier, type CopierOptions } from './copier';
import { CopyThread } from './copy-thread';
import { forgeFault, refusedByForge } from './errors';
import { ask } from './server';

export interface LfsCopyOptions extends CopierOptions {
  /** Copies of at least so many bytes have a thread of their own, which takes a tenth of a second to start. */
  readonly threadFromBytes?: number;
}

export const usualThreadFromBytes = 16 * 1024 * 1024;

const settingsSchema = z.object({ lfs_disabled: z.boolean().default(false) });
const maxSettingsBytes = 64 * 1024;

/**
 * Copies LFS objects by the batch API of both sides. Large copies run on a thread of their own: what they receive makes the
 * garbage collector look through all that a thread keeps again and again, which is little there and a lot here. Close it to
 * end the thread, and the connections that it keeps.
 */
export function createLfsCopy(options: LfsCopyOptions): LfsCopy & { close(): Promise<void> } {
  const { forgeToken, idleTimeoutMs, threadFromBytes = usualThreadFromBytes } = options;
  const forgeUrl = options.forgeUrl.replace(/\/+$/, '');
  const requester = createRequester();
  const here = createCopier(options);
  const thread = new CopyThread(options);

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
      if (answer.status !== 200) throw refusedByForge([forgeToken.reveal()])(answer);
      const settings = settingsSchema.safeParse(parseJson(answer.text));
      if (settings.success) return !settings.data.lfs_disabled;
      throw new HeadwaterError('forge_failed', { status: '200 but not what a forge sends', doing: 'asking about LFS' });
    },

    copy: (request) => (bytesOf(request.objects) < threadFromBytes ? here : thread).copy(request),

    async close() {
      here.close();
      requester.close();
      await thread.close();
    },
  };
}

function bytesOf(objects: readonly LfsObject[]): number {
  return objects.reduce((sum, { size }) => sum + size, 0);
}
