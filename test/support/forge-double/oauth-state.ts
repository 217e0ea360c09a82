import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { ForgeUser } from './forge-state';

export interface OauthApp {
  readonly id: number;
  readonly name: string;
  readonly clientId: string;
  readonly secret: string;
  readonly redirectUris: readonly string[];
  readonly confidential: boolean;
  readonly owner: ForgeUser;
}

export interface OauthCode {
  readonly user: ForgeUser;
  readonly app: OauthApp;
  readonly redirectUri: string;
  readonly challenge: string;
}

/** Applications, consents, codes and browser sessions of a forge. */
export class OauthState {
  readonly apps = new Map<string, OauthApp>();
  /** "user id/client id" to the scope that was consented to; a later wider one is passed over, as in Forgejo 11. */
  readonly grants = new Map<string, string>();
  readonly codes = new Map<string, OauthCode>();
  /** Browser sessions by the value of their cookie. */
  readonly browsers = new Map<string, ForgeUser>();
  /** Forgejo 11 writes its issuer with a slash at the end, later versions without. */
  issuerSlash = true;
  /** In the id tokens; null: what the discovery document says. */
  issuerInTokens: string | null = null;
  /** Of all token requests, in order. */
  readonly grantTypes: string[] = [];
  /** How long access tokens live, s. */
  tokenSeconds = 3600;
  readonly #key = generateKeyPairSync('rsa', { modulusLength: 2048 });

  issuer(url: string): string {
    return this.issuerSlash ? `${url}/` : url;
  }

  publicKey(): object {
    return { ...this.#key.publicKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'double' };
  }

  idToken(claims: Readonly<Record<string, unknown>>): string {
    return jwt(claims, this.#key.privateKey);
  }

  /** Forge OAuth2 access tokens are JWTs: words with dots between. */
  accessToken(): string {
    return jwt({ gnt: randomBytes(8).toString('hex'), tt: 0 }, this.#key.privateKey);
  }

  addApp(owner: ForgeUser, id: number, name: string, redirectUris: readonly string[], confidential: boolean): OauthApp {
    const clientId = randomBytes(16)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const secret = `gto_${randomBytes(20).toString('base64url').toLowerCase()}`;
    const app: OauthApp = { id, name, clientId, secret, redirectUris, confidential, owner };
    this.apps.set(clientId, app);
    return app;
  }
}

export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function jwt(claims: object, key: KeyObject): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'RS256', kid: 'double', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}
