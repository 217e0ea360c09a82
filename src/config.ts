import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Secret } from './domain/credentials';
import { HeadwaterError, type FieldFault } from './domain/errors';
import { showDuration } from './config/quantities';
import { adminTokenVariable, configFileVariable, fileVariable, settingList, settings } from './config/settings';
import type { Setting } from './config/setting';

type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** The whole configuration, checked and frozen. Times are ms, sizes bytes. */
export type Config = { readonly [K in keyof typeof settings]: ValueOf<(typeof settings)[K]> };

type Variables = Readonly<Record<string, string | undefined>>;

const known = new Set([
  configFileVariable,
  adminTokenVariable,
  ...settingList.map((setting) => setting.name),
  ...settingList.filter((setting) => setting.secret).map(fileVariable),
]);

// Kubernetes gives every container such variables for a Service named "headwater".
const kubernetes = /^HEADWATER_(SERVICE_(HOST|PORT.*)|PORT(_\d+_(TCP|UDP).*)?)$/;

/**
 * Reads the environment and the file that `file` or HEADWATER_CONFIG_FILE names; the environment wins.
 * Raises config_invalid with every fault at once.
 */
export function loadConfig(options: { readonly file?: string | undefined; readonly env?: Variables } = {}): Config {
  const env = options.env ?? process.env;
  const file = options.file ?? env[configFileVariable];
  const faults: FieldFault[] = [];
  const fromFile = file === undefined || file === '' ? {} : readConfigFile(file, faults);
  return parse({ ...fromFile, ...withoutBlanks(env) }, faults);
}

/** The same from given variables alone; names without HEADWATER_ are passed over. Raises config_invalid. */
export function parseConfig(variables: Variables): Config {
  return parse(variables, []);
}

/**
 * Some settings alone, whatever else is missing or wrong: for commands that make the configuration complete. A file that is not
 * there is an empty one. Raises config_invalid with the faults of these settings.
 */
export function loadSome<K extends keyof Config>(
  keys: readonly K[],
  { file, env = process.env }: { readonly file: string; readonly env?: Variables },
): { readonly [N in K]: Config[N] | null } {
  const faults: FieldFault[] = [];
  const variables = { ...(existsSync(file) ? readConfigFile(file, []) : {}), ...withoutBlanks(env) };
  const values = keys.map((key) => [key, readSetting({ ...settings[key], unset: 'optional' }, variables, faults)]);
  if (faults.length > 0) throw configInvalid(faults);
  // Each value was checked by the row that its key names.
  return Object.fromEntries(values) as { readonly [N in K]: Config[N] | null };
}

/** The token of HEADWATER_ADMIN_TOKEN, for the commands that administer the forge. */
export function adminTokenOfEnvironment(env: Variables = process.env): Secret | null {
  const text = blankToUndefined(env[adminTokenVariable]);
  return text === undefined ? null : new Secret(text);
}

function parse(variables: Variables, faults: FieldFault[]): Config {
  for (const name of Object.keys(variables)) {
    if (name.startsWith('HEADWATER_') && !known.has(name) && !kubernetes.test(name))
      faults.push({ field: name, message: 'is not a setting' });
  }
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries<Setting<unknown>>(settings)) {
    values[key] = readSetting(setting, variables, faults);
  }
  // Each value was checked by the row that its key names.
  const config = values as unknown as Config;
  if (faults.length === 0) checkTogether(config, faults);
  if (faults.length > 0) throw configInvalid(faults);
  for (const value of Object.values(config)) if (Array.isArray(value)) Object.freeze(value);
  return Object.freeze(config);
}

export function configInvalid(faults: readonly FieldFault[]): HeadwaterError {
  const names = [...new Set(faults.map((entry) => entry.field))].join(', ');
  return new HeadwaterError('config_invalid', { faults: names }, { fieldFaults: faults });
}

function readSetting(setting: Setting<unknown>, variables: Variables, faults: FieldFault[]): unknown {
  const text = readText(setting, variables, faults);
  if (text === undefined) return null;
  if (text === null) {
    if (setting.unset === 'required') faults.push({ field: setting.name, message: 'is required' });
    return null;
  }
  const read = setting.kind.safeParse(text);
  if (read.success) return read.data;
  faults.push({ field: setting.name, message: read.error.issues[0]?.message ?? 'cannot be read' });
  return null;
}

/** The setting's text; null when it is unset and has no default, undefined when a fault was found. */
function readText(setting: Setting<unknown>, variables: Variables, faults: FieldFault[]): string | null | undefined {
  const direct = blankToUndefined(variables[setting.name]);
  const file = setting.secret ? blankToUndefined(variables[fileVariable(setting)]) : undefined;
  if (direct !== undefined && file !== undefined) {
    faults.push({ field: setting.name, message: `is set twice, also by ${fileVariable(setting)}` });
    return undefined;
  }
  if (file === undefined) return direct ?? setting.default;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    faults.push({ field: fileVariable(setting), message: 'names a file that cannot be read' });
    return undefined;
  }
}

function checkTogether(config: Config, faults: FieldFault[]): void {
  const longest = showDuration(config.stuckAfterMs);
  if (config.leaseMs > config.stuckAfterMs) {
    faults.push({
      field: settings.leaseMs.name,
      message: `must not be longer than ${settings.stuckAfterMs.name} (${longest})`,
    });
  }
  const { oauthClientId, oauthClientSecret } = settings;
  if ((config.oauthClientId === null) !== (config.oauthClientSecret === null)) {
    const [missing, given] =
      config.oauthClientId === null ? [oauthClientId, oauthClientSecret] : [oauthClientSecret, oauthClientId];
    faults.push({
      field: missing.name,
      message: `is missing, while ${given.name} is set: nobody can sign in without both`,
    });
  }
  if (config.minIntervalMs > config.maxIntervalMs) {
    faults.push({
      field: settings.minIntervalMs.name,
      message: `must not be longer than ${settings.maxIntervalMs.name} (${showDuration(config.maxIntervalMs)})`,
    });
  }
  if (config.fetchTimeoutMs > config.stuckAfterMs) {
    faults.push({
      field: settings.fetchTimeoutMs.name,
      message: `must not be longer than ${settings.stuckAfterMs.name} (${longest})`,
    });
  }
}

function readConfigFile(file: string, faults: FieldFault[]): Variables {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    faults.push({ field: configFileVariable, message: 'names a file that cannot be read' });
    return {};
  }
  const read = withoutBlanks(parseEnv(text));
  for (const name of Object.keys(read)) {
    // Names with HEADWATER_ are checked with the environment's.
    if (!name.startsWith('HEADWATER_') || name === configFileVariable)
      faults.push({ field: name, message: 'is not a setting that a file may have' });
  }
  return read;
}

function withoutBlanks(variables: Variables): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => blankToUndefined(value) !== undefined));
}

/** `NAME=` in a compose file means "not set". */
function blankToUndefined(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}
