import type { AdminClient } from '../../../src/adapters/forge/admin/admin-client';
import { createTokens } from '../../../src/adapters/forge/admin/tokens';
import { Secret } from '../../../src/domain/credentials';

/** A forge that wants a password for making tokens, as newer ones do. */
function strictForge(passwordWorks: boolean) {
  const taken = new Set(['headwater']);
  const asked: string[] = [];
  const client: AdminClient = {
    async request(route, { as, parameters }) {
      const name = String(parameters?.['name']);
      const login = as === undefined || as instanceof Secret ? null : as;
      const right = login?.user === 'headwater' && login.password.reveal() === 'new';
      const how = right && passwordWorks ? 'password' : 'token';
      asked.push(`${route.split(' ')[0] ?? ''} by ${how}`);
      if (how === 'token') return { status: 401, data: { message: 'auth required' }, headers: {} };
      if (route.startsWith('DELETE')) return { status: taken.delete(name) ? 204 : 404, data: null, headers: {} };
      if (taken.has(name))
        return { status: 400, data: { message: 'access token name has been used already' }, headers: {} };
      taken.add(name);
      return { status: 201, data: { id: 1, name, sha1: 'secret', scopes: ['read:user'] }, headers: {} };
    },
  };
  const passwords = new Map<string, Secret>();
  const tokens = createTokens({
    client,
    passwords,
    admin: { login: async () => 'root0', token: new Secret('admin') },
    renewPassword: async (login) => {
      asked.push('new password');
      passwords.set(login, new Secret('new'));
      return new Secret('new');
    },
  });
  return { tokens, asked };
}

describe('a token for the account', () => {
  it('is made with a new password where an admin’s token does not do, in place of one whose secret is lost', async () => {
    const { tokens, asked } = strictForge(true);
    const made = await tokens.createToken('headwater', 'headwater', ['read:user']);
    expect(made.secret.reveal()).toBe('secret');
    expect(asked).toEqual([
      ...['POST by token', 'new password', 'POST by password'],
      // From here on the password is known.
      ...['DELETE by password', 'POST by password'],
    ]);
  });

  it('is told to be made by hand where passwords do not do either', async () => {
    const { tokens } = strictForge(false);
    await expect(tokens.createToken('headwater', 'headwater', ['read:user'])).rejects.toMatchObject({
      code: 'account_unusable',
      advice: expect.stringContaining('generate-access-token --username headwater --scopes read:user'),
    });
  });
});
