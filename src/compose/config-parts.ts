import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadOrCreateKey } from '../adapters/secrets/key-file';
import { configInvalid, type Config } from '../config';
import { settings } from '../config/settings';
import { Secret } from '../domain/credentials';
import { AllowListError, createAddressPolicy, type AddressPolicy } from '../git-http/address-policy';
import { makeFolder } from './make-folder';

/** Raises config_invalid. */
export function makeDataDir(dir: string): void {
  try {
    makeFolder(dir);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    throw configInvalid([{ field: settings.dataDir.name, message: `cannot be made (${code ?? 'unknown error'})` }]);
  }
}

/** The first seals, all open. */
export async function sealingKeys(config: Pick<Config, 'secretKeys' | 'dataDir'>): Promise<Buffer[]> {
  if (config.secretKeys === null) return [await loadOrCreateKey(keyFileOf(config))];
  return config.secretKeys.map((key) => Buffer.from(key.reveal(), 'base64'));
}

/** The same without making one. Raises config_invalid. */
export async function existingKeys(config: Pick<Config, 'secretKeys' | 'dataDir'>): Promise<Buffer[]> {
  if (config.secretKeys === null && !existsSync(keyFileOf(config))) return [];
  return sealingKeys(config);
}

function keyFileOf({ dataDir }: Pick<Config, 'dataDir'>): string {
  return join(dataDir, 'secret.key');
}

/** Raises config_invalid. */
export function readAddressPolicy(allowed: readonly string[]): AddressPolicy {
  try {
    return createAddressPolicy(allowed);
  } catch (thrown) {
    if (!(thrown instanceof AllowListError)) throw thrown;
    throw configInvalid([{ field: settings.allowedUpstreams.name, message: `is wrong: ${thrown.message}` }]);
  }
}

/** What the log must never hold, whole URLs and the passwords inside them. */
export function secretsOf(config: Config): Secret[] {
  const urls = [config.databaseUrl, config.redisUrl].filter((url) => url !== null);
  const passwords = urls
    .map((url) => new URL(url.reveal()).password)
    .filter((password) => password !== '')
    .flatMap((password) => [new Secret(password), new Secret(decodeURIComponent(password))]);
  const signing = [config.oauthClientSecret, ...(config.webhookSecrets ?? [])].filter((secret) => secret !== null);
  return [config.forgeToken, ...signing, ...urls, ...passwords, ...(config.secretKeys ?? [])];
}
