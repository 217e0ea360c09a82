import { z } from 'zod';
import { Secret } from '../../../domain/credentials';
import type { ForgeAdmin, OauthApplication, OauthApplicationSecret } from '../../../ports/forge-admin';
import { parseAnswer } from '../client';
import type { AdminClient } from './admin-client';

const schema = z.object({
  id: z.number(),
  name: z.string(),
  client_id: z.string(),
  client_secret: z.string().default(''),
  confidential_client: z.boolean(),
  redirect_uris: z.array(z.string()).nullish(),
});

type Applications = Pick<ForgeAdmin, 'applications' | 'createApplication' | 'changeApplication' | 'removeApplication'>;

/** OAuth2 applications belong to an account, so the admin asks in its name (sudo). */
export function createApplications(client: AdminClient): Applications {
  const body = (name: string, redirectUris: readonly string[]) => ({
    name,
    redirect_uris: redirectUris,
    // Left out it would be a public client, which has no secret to prove itself with.
    confidential_client: true,
  });
  const path = '/user/applications/oauth2';
  return {
    async applications(login) {
      const doing = 'listing the OAuth2 applications of the account';
      const found: OauthApplication[] = [];
      for (let page = 1; ; page += 1) {
        const { data } = await client.request(`GET ${path}{?sudo,page,limit}`, {
          doing,
          parameters: { sudo: login, page, limit: 50 },
        });
        const applications = parseAnswer(z.array(schema), data, doing);
        found.push(...applications.map(toApplication));
        if (applications.length < 50) return found;
      }
    },
    async createApplication(login, name, redirectUris) {
      const doing = 'making the OAuth2 application';
      const { data } = await client.request(`POST ${path}{?sudo}`, {
        doing,
        parameters: { sudo: login, ...body(name, redirectUris) },
      });
      return withSecret(data, doing);
    },
    async changeApplication(login, id, name, redirectUris) {
      const doing = 'changing the OAuth2 application';
      const { data } = await client.request(`PATCH ${path}/{id}{?sudo}`, {
        doing,
        parameters: { sudo: login, id, ...body(name, redirectUris) },
      });
      return withSecret(data, doing);
    },
    async removeApplication(login, id) {
      await client.request(`DELETE ${path}/{id}{?sudo}`, {
        doing: 'removing the OAuth2 application',
        parameters: { sudo: login, id },
        expected: [404],
      });
    },
  };
}

function withSecret(data: unknown, doing: string): OauthApplicationSecret {
  const answer = parseAnswer(schema.extend({ client_secret: z.string().min(1) }), data, doing);
  return { ...toApplication(answer), clientSecret: new Secret(answer.client_secret) };
}

function toApplication(answer: z.infer<typeof schema>): OauthApplication {
  return {
    id: answer.id,
    name: answer.name,
    clientId: answer.client_id,
    confidential: answer.confidential_client,
    redirectUris: answer.redirect_uris ?? [],
  };
}
