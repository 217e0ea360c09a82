import { z } from 'zod';
import type { PushMirrorCapabilities, PushMirrors } from '../../ports/push-mirrors';
import type { ForgeClient } from './client';

const doing = 'asking what push mirrors can do';

const describedSchema = z.object({
  definitions: z.object({
    CreatePushMirrorOption: z.object({ properties: z.record(z.string(), z.unknown()) }),
  }),
});
const versionSchema = z.object({ version: z.string() });

/**
 * What the forge's own description of its API says; where that is switched off, what is known of its version. A field that
 * a forge does not know is ignored by it, so nothing is sent on the off chance. Asked once, and again after a failure.
 */
export function createCapabilities(client: ForgeClient, url: string): PushMirrors['capabilities'] {
  let known: PushMirrorCapabilities | null = null;
  return async (token) => {
    if (known !== null) return known;
    const described = await client.request(`GET ${url}/swagger.v1.json`, { token, doing, expected: [401, 403, 404] });
    const properties = describedSchema.safeParse(described.data).data?.definitions.CreatePushMirrorOption.properties;
    if (properties !== undefined) {
      known = { ssh: 'use_ssh' in properties, branchFilter: 'branch_filter' in properties };
    } else {
      const { data } = await client.request('GET /version', { token, doing });
      known = capabilitiesOf(versionSchema.safeParse(data).data?.version ?? '');
    }
    return known;
  };
}

/** Forgejo calls itself such as 11.0.1+gitea-1.22.0; Gitea has neither feature. Only versions that were seen are trusted. */
export function capabilitiesOf(version: string): PushMirrorCapabilities {
  const major = /[+-]gitea-/.test(version) ? Number.parseInt(version, 10) : 0;
  return { ssh: major >= 11, branchFilter: major >= 15 };
}
