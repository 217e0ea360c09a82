import type { ForgeListing, ForgeProject } from '../../ports/forge';
import type { TranslateFault } from '../../git-http/http-fault';
import { readAdvertisement } from '../../git-http/list-refs';
import type { ForgeGit } from './forge-git';

/**
 * Branches and tags as a push will find them. The listing for pushing, not for fetching, so that an archived project or a
 * native mirror is refused here already.
 */
export async function listRefs(
  git: ForgeGit,
  project: Pick<ForgeProject, 'owner' | 'name'>,
  signal: AbortSignal,
  translate: TranslateFault,
): Promise<ForgeListing> {
  const { limits } = git;
  const chunks: Buffer[] = [];
  const { refs } = await readAdvertisement({
    service: 'git-receive-pack',
    repository: git.repository(project),
    authorization: git.authorization,
    requester: git.requester,
    idleTimeoutMs: limits.listIdleTimeoutMs,
    totalTimeoutMs: limits.listIdleTimeoutMs * 10,
    maxBytes: limits.maxListingBytes,
    onChunk: (chunk) => chunks.push(chunk),
    signal,
    translate,
  });
  return { refs, advertisement: Buffer.concat(chunks) };
}
