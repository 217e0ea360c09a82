import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createForge } from '../adapters/forge/create-forge';
import { createForgeProbe } from '../adapters/forge/forge-probe';
import { createMachine } from '../adapters/machine/create-machine';
import { redisState } from '../adapters/redis/redis-state';
import { createSecretBox } from '../adapters/secrets/secret-box';
import { databaseState } from '../adapters/store/database-state';
import { openStore } from '../adapters/store/open-store';
import type { Secret } from '../domain/credentials';
import { toHeadwaterError } from '../domain/errors';
import type { PluginManifest } from '../domain/plugin-manifest';
import type { DoctorDeps, DoctorSettings } from '../install/doctor/doctor-deps';
import type { Forge, ForgeProject } from '../ports/forge';
import type { ForgeAdmin } from '../ports/forge-admin';
import type { Store } from '../ports/store';
import { surveySecrets } from '../sync/reseal-secrets';
import { existingKeys } from './config-parts';

/** The configuration, as far as a doctor looks at it. */
export interface DoctorConfig extends DoctorSettings {
  readonly dataDir: string;
  readonly databaseUrl: Secret | null;
  readonly secretKeys: readonly Secret[] | null;
  readonly redisUrl: Secret | null;
}

/** What `headwater doctor` works with; it opens the database only to read, and only while its tables are up to date. */
export function openDoctor(
  config: DoctorConfig,
  parts: { readonly manifest: PluginManifest; readonly script: string; readonly admin: ForgeAdmin | null },
): DoctorDeps {
  const place = { databaseUrl: config.databaseUrl?.reveal() ?? null, file: join(config.dataDir, 'headwater.db') };
  const database = () => databaseState(place);
  /** null: there is a database, but it cannot be read as it is. */
  const withStore = async <T>(empty: T, work: (store: Store) => Promise<T | null>): Promise<T | null> => {
    const { state, pending, unknown } = await database();
    if (state === 'none') return empty;
    if (state !== 'answers' || pending.length + unknown.length > 0) return null;
    const store = await openStore(place);
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };
  return {
    ...parts,
    settings: config,
    probe: createForgeProbe({ url: config.forgeUrl }),
    machine: createMachine({
      dataDir: config.dataDir,
      database,
      redis: () => redisState({ url: config.redisUrl?.reveal() ?? null, dir: join(config.dataDir, 'redis') }),
    }),
    storedSecrets: () =>
      withStore({ keys: 0, byKey: [], unreadable: [] }, async (store) => {
        const keys = await existingKeys(config);
        if (keys.length === 0) return null;
        const { byKey, unreadable } = await surveySecrets({ store, secrets: createSecretBox(keys) });
        return { keys: keys.length, byKey, unreadable: unreadable.map(({ project }) => project) };
      }),
    projectsWithoutPush: () =>
      withStore({ asked: 0, denied: [], unwatched: [] }, async (store) => {
        const forge = createForge({
          url: config.forgeUrl,
          token: config.forgeToken,
          pushIdleTimeoutMs: 1,
          pushTotalTimeoutMs: 1,
        });
        try {
          return await askForProjects(store, forge);
        } finally {
          forge.close();
        }
      }),
    newNonce: () => randomBytes(16).toString('hex'),
  };
}

const pageSize = 50;
/** A forge with thousands of mirrors is not asked for each. */
const mostProjects = 200;

async function askForProjects(
  store: Pick<Store, 'mirrors'>,
  forge: Pick<Forge, 'project'>,
): Promise<{ asked: number; denied: string[]; unwatched: string[] }> {
  const denied: string[] = [];
  const unwatched: string[] = [];
  let asked = 0;
  for (let page = 1; asked < mostProjects; page += 1) {
    const { items } = await store.mirrors({ page, limit: pageSize });
    for (const { repoId, fullName, maintainer } of items) {
      asked += 1;
      const project = await find(forge, repoId);
      if (project?.canPush !== true) denied.push(fullName);
      else if (project.canAdminister !== true && maintainer !== null && maintainer.id !== project.ownerId)
        unwatched.push(fullName);
    }
    if (items.length < pageSize) break;
  }
  return { asked, denied, unwatched };
}

/** null: gone, or not to be seen. */
async function find(forge: Pick<Forge, 'project'>, repoId: number): Promise<ForgeProject | null> {
  try {
    return await forge.project(repoId);
  } catch (thrown) {
    const error = toHeadwaterError(thrown);
    if (error.code === 'forge_project_missing') return null;
    throw error;
  }
}
