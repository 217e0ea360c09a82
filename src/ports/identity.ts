import type { Secret } from '../domain/credentials';

/** A sign-in that was begun; `state` and `verifier` stay with the browser that began it. */
export interface BegunSignIn {
  /** Where the browser goes: the forge's authorize page. */
  readonly address: string;
  readonly state: string;
  readonly verifier: Secret;
}

export interface ForgeIdentity {
  /** The person's numeric id in the forge. */
  readonly userId: number;
  /** An OAuth2 access token with the scopes read:user and read:repository. */
  readonly token: Secret;
  /** From now on; ms. */
  readonly tokenLifeMs: number;
}

/**
 * The forge as OAuth2 and OpenID Connect provider: code, state, PKCE (S256), confidential client. Refresh tokens are not
 * used: they are single-use in Forgejo and a second sign-in of the same person voids the first one's.
 * Both raise forge_unreachable, forge_failed and sign_in_misconfigured.
 */
export interface Identity {
  begin(redirectUri: string): Promise<BegunSignIn>;
  /** `callback` is the address that the forge sent the browser to. Raises sign_in_refused. */
  complete(callback: URL, begun: Pick<BegunSignIn, 'state' | 'verifier'>): Promise<ForgeIdentity>;
}
