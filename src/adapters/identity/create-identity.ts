import * as client from 'openid-client';
import { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { Identity } from '../../ports/identity';
import { identityFault } from './errors';
import { readProvider, type Provider } from './provider';

export interface IdentityOptions {
  /** Where this server reaches the forge, and where browsers do; both without a slash at the end. */
  readonly forgeUrl: string;
  readonly forgePublicUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Limit of one request, ms; 10 s by default. */
  readonly timeoutMs?: number;
  /** How long what the forge says of itself is believed, ms; a minute by default. */
  readonly providerMaxAgeMs?: number;
}

/** Without a scope of the forge's own, a token could do everything that its owner may (Forgejo 11, grantAdditionalScopes). */
/** The same as in the manifest, which the forge's admin sees. */
export const signInScopes = ['openid', 'profile', 'read:user', 'read:repository'];
const scope = signInScopes.join(' ');
/** Where the forge does not say how long an access token lives; Forgejo's default. */
const usualLifeSeconds = 3600;

/** Signing in through Gitea or Forgejo. */
export function createIdentity(options: IdentityOptions): Identity {
  const { forgeUrl, forgePublicUrl, timeoutMs = 10_000, providerMaxAgeMs = 60_000 } = options;
  const ask = (address: string) =>
    fetch(address, {
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/json' },
    });
  let known: { readonly provider: Provider; readonly at: number } | null = null;

  const configuration = async (): Promise<client.Configuration> => {
    if (known === null || performance.now() - known.at > providerMaxAgeMs)
      known = { provider: await readProvider(forgeUrl, forgePublicUrl, ask), at: performance.now() };
    // The places are the same in every version; the browser goes to the public address, this server to the other one.
    const server = {
      issuer: known.provider.issuer,
      authorization_endpoint: `${forgePublicUrl}/login/oauth/authorize`,
      token_endpoint: `${forgeUrl}/login/oauth/access_token`,
      id_token_signing_alg_values_supported: [...known.provider.algorithms],
    };
    const secret = options.clientSecret.reveal();
    const made = new client.Configuration(server, options.clientId, {}, client.ClientSecretPost(secret));
    made.timeout = Math.ceil(timeoutMs / 1000);
    // Whether the way to the forge is encrypted is for the admin to decide: it may be the same machine.
    if (forgeUrl.startsWith('http:')) client.allowInsecureRequests(made);
    return made;
  };

  return {
    begin: translated(async (redirectUri: string) => {
      const state = client.randomState();
      const verifier = client.randomPKCECodeVerifier();
      const address = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope,
        state,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return { address: address.href, state, verifier: new Secret(verifier) };
    }),

    complete: translated(async (callback: URL, begun: { readonly state: string; readonly verifier: Secret }) => {
      const checks = { expectedState: begun.state, pkceCodeVerifier: begun.verifier.reveal(), idTokenExpected: true };
      const tokens = await client
        .authorizationCodeGrant(await configuration(), callback, checks)
        .catch((thrown: unknown) => {
          // After an upgrade the forge may call itself something else, or sign in another way.
          known = null;
          throw thrown;
        });
      const userId = Number(tokens.claims()?.sub);
      if (!Number.isSafeInteger(userId) || userId <= 0)
        throw new HeadwaterError('sign_in_refused', { why: 'it did not say who you are' });
      const lifeSeconds = tokens.expiresIn() ?? usualLifeSeconds;
      return { userId, token: new Secret(tokens.access_token), tokenLifeMs: lifeSeconds * 1000 };
    }),
  };
}

function translated<A extends readonly unknown[], T>(work: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  return async (...args) => {
    try {
      return await work(...args);
    } catch (thrown) {
      throw identityFault(thrown);
    }
  };
}
