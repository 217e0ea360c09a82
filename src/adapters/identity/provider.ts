import { z } from 'zod';
import { HeadwaterError } from '../../domain/errors';

/** What the forge says of itself as an OpenID Connect provider. */
export interface Provider {
  /** As it stands in the forge's id tokens. */
  readonly issuer: string;
  readonly algorithms: readonly string[];
}

const documentSchema = z.object({
  issuer: z.string().max(2000),
  id_token_signing_alg_values_supported: z.array(z.string()).default(['RS256']),
});

const doing = 'asking how to sign in';

/**
 * Forgejo 11 writes its issuer with a slash at the end, later ones without; as long as it is the forge's public
 * address, either will do. Raises sign_in_misconfigured when the forge thinks that it lives elsewhere, forge_failed and
 * forge_unreachable.
 */
export async function readProvider(
  url: string,
  publicUrl: string,
  ask: (address: string) => Promise<Response>,
): Promise<Provider> {
  const response = await ask(`${url}/.well-known/openid-configuration`);
  if (response.status !== 200) throw new HeadwaterError('forge_failed', { status: response.status, doing });
  const parsed = documentSchema.safeParse(await response.json().catch(() => null));
  if (!parsed.success) throw new HeadwaterError('forge_failed', { status: '200 but not what a forge sends', doing });
  const { issuer, id_token_signing_alg_values_supported: algorithms } = parsed.data;
  if (withoutSlash(issuer) !== withoutSlash(publicUrl)) {
    const why = 'the forge has another address in its own configuration (ROOT_URL) than in HEADWATER_FORGE_PUBLIC_URL';
    throw new HeadwaterError('sign_in_misconfigured', { why });
  }
  return { issuer, algorithms };
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '').toLowerCase();
}
