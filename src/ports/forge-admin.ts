import type { Secret } from '../domain/credentials';
import type { ForgeKind } from '../domain/plugin-manifest';

/** What the forge tells everybody, or any token, about itself. */
export interface ForgeAbout {
  readonly kind: ForgeKind;
  /** As it calls itself, such as 11.0.1+gitea-1.22.0. */
  readonly version: string;
  /** Its own idea of its address (ROOT_URL), without a slash at the end; null where signing in with it is off. */
  readonly publicUrl: string | null;
  readonly httpGit: boolean;
  readonly lfs: boolean;
  readonly mirrors: boolean;
  /** Its clock minus ours, ms, as far as whole seconds tell; null without a Date header. */
  readonly clockDifferenceMs: number | null;
}

export interface ForgeAccount {
  readonly id: number;
  readonly login: string;
  readonly siteAdmin: boolean;
}

/** An access token without its secret. */
export interface ForgeTokenInfo {
  readonly id: number;
  readonly name: string;
  readonly lastEight: string;
  readonly scopes: readonly string[];
}

export interface OauthApplication {
  readonly id: number;
  readonly name: string;
  readonly clientId: string;
  readonly confidential: boolean;
  readonly redirectUris: readonly string[];
}

export interface OauthApplicationSecret extends OauthApplication {
  readonly clientSecret: Secret;
}

export interface SystemWebhook {
  readonly id: number;
  readonly url: string;
  readonly events: readonly string[];
  readonly active: boolean;
  readonly contentType: string;
}

/** What the forge's token endpoint says of an application: everything fits, or the first thing that does not. */
export type ClientVerdict = 'fits' | 'client_unknown' | 'secret_wrong' | 'redirect_unknown' | 'unclear';

/**
 * The forge as the installer meets it: with a site admin's token. All raise forge_unreachable, forge_failed and
 * admin_token_refused.
 */
export interface ForgeAdmin {
  /** Who the admin's token belongs to. Raises admin_token_refused when it is no site admin's. */
  admin(): Promise<ForgeAccount>;
  account(login: string): Promise<ForgeAccount | null>;
  /** With a random password that nobody needs afterwards. */
  createAccount(login: string, fullName: string): Promise<ForgeAccount>;
  setSiteAdmin(login: string, siteAdmin: boolean): Promise<void>;
  /** Raises account_owns_projects. */
  removeAccount(login: string): Promise<void>;

  /** null where the forge does not tell an admin. */
  tokens(login: string): Promise<readonly ForgeTokenInfo[] | null>;
  /**
   * Makes a token, in place of one of the same name. Where the forge wants a password for that, the account gets a new
   * random one first. Raises account_unusable.
   */
  createToken(
    login: string,
    name: string,
    scopes: readonly string[],
  ): Promise<{ info: ForgeTokenInfo; secret: Secret }>;
  /** Nothing happens when it is gone. Raises account_unusable. */
  removeToken(login: string, name: string): Promise<void>;

  applications(login: string): Promise<readonly OauthApplication[]>;
  createApplication(login: string, name: string, redirectUris: readonly string[]): Promise<OauthApplicationSecret>;
  /** The forge makes a new secret whenever an application is changed. */
  changeApplication(
    login: string,
    id: number,
    name: string,
    redirectUris: readonly string[],
  ): Promise<OauthApplicationSecret>;
  removeApplication(login: string, id: number): Promise<void>;

  webhooks(): Promise<readonly SystemWebhook[]>;
  createWebhook(url: string, events: readonly string[], secret: Secret): Promise<SystemWebhook>;
  removeWebhook(id: number): Promise<void>;

  /**
   * Has the forge deliver a signed test to `url`, from a private project of the account that is made for it and removed
   * again with the account's own token. Resolves when the forge has taken the order; `whileItStands` runs before everything is cleared away.
   */
  deliverTest(
    owner: { readonly login: string; readonly token: Secret },
    url: string,
    secret: Secret,
    whileItStands: () => Promise<void>,
  ): Promise<void>;
}

/** What can be asked of a forge without an admin's token. All raise forge_unreachable and forge_failed. */
export interface ForgeProbe {
  about(token: Secret | null): Promise<ForgeAbout>;
  /** Who a token belongs to; null when the forge refuses it. */
  tokenOwner(token: Secret): Promise<ForgeAccount | null>;
  /** Scopes of the token, as its owner asks; null where the forge does not tell. */
  tokenScopes(token: Secret, login: string): Promise<readonly string[] | null>;
  clientVerdict(clientId: string, secret: Secret, redirectUri: string): Promise<ClientVerdict>;
}
