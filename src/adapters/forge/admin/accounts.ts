import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Secret } from '../../../domain/credentials';
import { HeadwaterError } from '../../../domain/errors';
import type { ForgeAccount, ForgeAdmin } from '../../../ports/forge-admin';
import { parseAnswer } from '../client';
import { adminRefused, type AdminClient } from './admin-client';

const accountSchema = z.object({ id: z.number(), login: z.string(), is_admin: z.boolean().default(false) });

/** Passwords that were set in this life of the process, by login in lower case: minting a token may want one. */
export type KnownPasswords = Map<string, Secret>;

type Accounts = Pick<ForgeAdmin, 'admin' | 'account' | 'createAccount' | 'setSiteAdmin' | 'removeAccount'> & {
  /** Gives the account a new random password. */
  readonly renewPassword: (login: string) => Promise<Secret>;
};

export function createAccounts(client: AdminClient, passwords: KnownPasswords, scopes: readonly string[]): Accounts {
  const account = async (login: string) => {
    const doing = 'looking for the account';
    // A login that belonged to a renamed account is answered with a redirect to the new name.
    const answer = await client.request('GET /users/{login}', { doing, parameters: { login }, expected: [404] });
    if (answer.status === 404) return null;
    const found = toAccount(answer.data, doing);
    return found.login.toLowerCase() === login.toLowerCase() ? found : null;
  };
  const change = (login: string, fields: object, doing: string) =>
    // Gitea wants login_name and source_id beside every change.
    client.request('PATCH /admin/users/{login}', {
      doing,
      parameters: { login, login_name: login, source_id: 0, ...fields },
    });
  const remember = (login: string): Secret => {
    const password = newPassword();
    passwords.set(login.toLowerCase(), password);
    return password;
  };

  return {
    account,
    async admin() {
      const doing = 'asking who the admin is';
      const found = toAccount((await client.request('GET /user', { doing })).data, doing);
      if (!found.siteAdmin) throw adminRefused(`it belongs to ${found.login}, who is no site admin`, scopes);
      return found;
    },
    async createAccount(login, fullName) {
      const doing = 'making the account';
      const password = remember(login);
      const { data } = await client.request('POST /admin/users', {
        doing,
        parameters: {
          username: login,
          full_name: fullName,
          // Nobody reads its mail; the forge only wants an address that is its own.
          email: `${login}@noreply.invalid`,
          password: password.reveal(),
          must_change_password: false,
          send_notify: false,
        },
      });
      return toAccount(data, doing);
    },
    async setSiteAdmin(login, siteAdmin) {
      await change(login, { admin: siteAdmin }, 'changing the rights of the account');
    },
    async renewPassword(login) {
      const password = remember(login);
      await change(
        login,
        { password: password.reveal(), must_change_password: false },
        'giving the account a new password',
      );
      return password;
    },
    async removeAccount(login) {
      const { status } = await client.request('DELETE /admin/users/{login}', {
        doing: 'removing the account',
        parameters: { login },
        expected: [404, 422],
      });
      if (status === 422) throw new HeadwaterError('account_owns_projects', { account: login });
    },
  };
}

export function toAccount(data: unknown, doing: string): ForgeAccount {
  const { id, login, is_admin: siteAdmin } = parseAnswer(accountSchema, data, doing);
  return { id, login, siteAdmin };
}

/** Long, and with every kind of character that a forge may ask for. */
function newPassword(): Secret {
  return new Secret(`${randomBytes(24).toString('base64url')}-aA1!`);
}
