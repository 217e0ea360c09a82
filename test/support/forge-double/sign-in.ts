import type { ForgeState, ForgeUser } from './forge-state';

/** Who sent a request. `scopes` is null for a password, which may do everything that the user may. */
export interface Caller {
  readonly user: ForgeUser;
  readonly scopes: readonly string[] | null;
  readonly basic: boolean;
}

/** A credential was sent, and it is wrong. */
export interface Refused {
  readonly refused: string;
}

/**
 * Reads an Authorization header as a forge does: "token X" (this spelling only), "bearer X" in any case, and Basic with a
 * token as password, or as user name when the password is empty or x-oauth-basic. null: nothing was sent.
 */
export function signIn(state: ForgeState, header: string | undefined): Caller | Refused | null {
  const [scheme = '', value = ''] = (header ?? '').split(' ');
  if (scheme === 'token' || scheme.toLowerCase() === 'bearer') {
    const token = state.tokens.get(value);
    if (token === undefined || (token.expiresAt ?? Infinity) <= Date.now())
      return { refused: 'user does not exist [uid: 0, name: ]' };
    return { user: token.user, scopes: token.scopes, basic: false };
  }
  if (scheme.toLowerCase() !== 'basic') return null;

  const decoded = Buffer.from(value, 'base64').toString();
  const colon = decoded.indexOf(':');
  const name = colon < 0 ? decoded : decoded.slice(0, colon);
  const password = colon < 0 ? '' : decoded.slice(colon + 1);
  const token = state.tokens.get(password === '' || password === 'x-oauth-basic' ? name : password);
  if (token !== undefined) return { user: token.user, scopes: token.scopes, basic: true };
  const user = state.user(name);
  if (user === undefined) return { refused: `user does not exist [uid: 0, name: ${name}]` };
  if (user.password !== password)
    return { refused: `user's password is invalid [uid: ${user.id}, name: ${user.name}]` };
  return { user, scopes: null, basic: true };
}

/** write:x implies read:x, `all` implies everything. */
export function hasScope(caller: Caller, level: 'read' | 'write', category: string): boolean {
  if (caller.scopes === null || caller.scopes.includes('all')) return true;
  return (
    caller.scopes.includes(`write:${category}`) || (level === 'read' && caller.scopes.includes(`read:${category}`))
  );
}

export function isPublicOnly(caller: Caller): boolean {
  return caller.scopes?.includes('public-only') ?? false;
}
