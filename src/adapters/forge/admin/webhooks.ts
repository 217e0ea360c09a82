import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Secret } from '../../../domain/credentials';
import type { ForgeAdmin, SystemWebhook } from '../../../ports/forge-admin';
import { parseAnswer } from '../client';
import type { AdminClient } from './admin-client';

const schema = z.object({
  id: z.number(),
  active: z.boolean(),
  events: z.array(z.string()).nullish(),
  config: z.record(z.string(), z.string()),
});

type Webhooks = Pick<ForgeAdmin, 'webhooks' | 'createWebhook' | 'removeWebhook' | 'deliverTest'>;

/** The forge's system webhooks. They are never changed: that would forget their secret's or events' settings. */
export function createWebhooks(client: AdminClient): Webhooks {
  // The type "gitea" is the one that both forges know; without "active" a webhook is asleep.
  const body = (url: string, events: readonly string[], secret: Secret, more: Record<string, string>) => ({
    type: 'gitea',
    active: true,
    events,
    config: { url, content_type: 'json', secret: secret.reveal(), ...more },
  });
  return {
    async webhooks() {
      const doing = 'listing the system webhooks';
      const found = new Map<number, SystemWebhook>();
      for (let page = 1; ; page += 1) {
        const { data } = await client.request('GET /admin/hooks', { doing, parameters: { page, limit: 50 } });
        const hooks = parseAnswer(z.array(schema), data, doing).map(toWebhook);
        const news = hooks.filter(({ id }) => !found.has(id));
        for (const hook of news) found.set(hook.id, hook);
        if (hooks.length < 50 || news.length === 0) return [...found.values()];
      }
    },
    async createWebhook(url, events, secret) {
      const doing = 'making the system webhook';
      const { data } = await client.request('POST /admin/hooks', {
        doing,
        // A text; without it the webhook is one that new projects get a copy of.
        parameters: body(url, events, secret, { is_system_webhook: 'true' }),
      });
      return toWebhook(parseAnswer(schema, data, doing));
    },
    async removeWebhook(id) {
      await client.request('DELETE /admin/hooks/{id}', {
        doing: 'removing the system webhook',
        parameters: { id },
        expected: [404],
      });
    },
    async deliverTest(owner, url, secret, whileItStands) {
      const repo = `headwater-doctor-${randomBytes(4).toString('hex')}`;
      const parameters = { owner: owner.login, repo };
      // What is the project's own, its owner does: an admin's token for the installation may not (scope repository).
      const as = owner.token;
      await client.request('POST /admin/users/{owner}/repos', {
        doing: 'making a project for the test delivery',
        // Without a commit the forge keeps silent about having nothing to tell.
        parameters: {
          owner: owner.login,
          name: repo,
          private: true,
          auto_init: true,
          description: 'Made by headwater doctor',
        },
      });
      try {
        const doing = 'making the test webhook';
        const made = await client.request('POST /repos/{owner}/{repo}/hooks', {
          ...{ doing, as },
          parameters: { ...parameters, ...body(url, ['push'], secret, {}) },
        });
        const { id } = parseAnswer(schema, made.data, doing);
        await client.request('POST /repos/{owner}/{repo}/hooks/{id}/tests', {
          ...{ doing: 'sending the test delivery', as },
          parameters: { ...parameters, id },
        });
        await whileItStands();
      } finally {
        await client.request('DELETE /repos/{owner}/{repo}', {
          ...{ doing: 'removing the project of the test delivery', as },
          parameters,
          expected: [404],
        });
      }
    },
  };
}

function toWebhook({ id, active, events, config }: z.infer<typeof schema>): SystemWebhook {
  return {
    id,
    active,
    url: config['url'] ?? '',
    events: events ?? [],
    contentType: config['content_type'] ?? '',
  };
}
