import type { RequestHandler } from 'express';
import { z } from 'zod';
import { HeadwaterError } from '../../domain/errors';
import type { HttpDeps } from '../http-deps';
import { verifyDelivery } from './verify-delivery';

/** All that is read of what the forge sends; everything else is asked of the forge itself. */
const payload = z.object({
  action: z.string().optional(),
  repository: z.object({ id: z.number().int().positive() }),
  sender: z.object({ login: z.string() }).nullish(),
  ref: z.string().max(1_000).optional(),
  ref_type: z.string().optional(),
});

/** Full in a push, short where a ref is made or deleted (facts of Forgejo 11). */
function refsOf({ ref, ref_type }: z.infer<typeof payload>): string[] {
  if (ref === undefined || ref === '') return [];
  return [ref.startsWith('refs/') ? ref : `refs/${ref_type === 'tag' ? 'tags' : 'heads'}/${ref}`];
}

/**
 * `POST /hooks/forge`: the forge says that something happened to a project. Signed in by the secret of its webhook, over the
 * bytes as they came; without a secret nothing is taken. Answered at once, and only a hint (sync/forge-news).
 * Raises delivery_refused, body_too_large.
 */
export function takeForgeDelivery(deps: Pick<HttpDeps, 'webhookSecrets' | 'forgeNews'>): RequestHandler {
  const secrets = deps.webhookSecrets.map((secret) => ({ secret }));
  return (request, response) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (!isSigned(request.headers) || verifyDelivery(request.headers, body, secrets) === null)
      throw new HeadwaterError('delivery_refused');
    const found = payload.safeParse(parse(body));
    if (found.success) {
      const { action, repository, sender } = found.data;
      const isDeletion = request.get('x-gitea-event') === 'repository' && action === 'deleted';
      const refs = refsOf(found.data);
      deps.forgeNews.hear({ repoId: repository.id, isDeletion, sender: sender?.login ?? null, refs });
    }
    response.status(202).json({ status: found.success ? 'accepted' : 'ignored' });
  };
}

/** A bare token proves nothing about the bytes, and no forge of ours sends one. */
function isSigned(headers: NodeJS.Dict<string | string[]>): boolean {
  return ['x-gitea-signature', 'x-forgejo-signature', 'x-hub-signature-256'].some(
    (name) => headers[name] !== undefined,
  );
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
