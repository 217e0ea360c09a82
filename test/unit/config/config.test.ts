import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { loadConfig, parseConfig, type Config } from '../../../src/config';
import { settingList } from '../../../src/config/settings';
import { settingsHelp } from '../../../src/config/settings-help';
import { HeadwaterError, type FieldFault } from '../../../src/domain/errors';

const needed = { HEADWATER_FORGE_URL: 'https://forge.example/', HEADWATER_FORGE_TOKEN: 'canary-t0ken' };

function read(variables: Record<string, string> = {}): Config {
  return parseConfig({ ...needed, ...variables });
}

function faultsOf(work: () => unknown): readonly FieldFault[] {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof HeadwaterError && thrown.code === 'config_invalid') return thrown.fieldFaults;
    throw thrown;
  }
  throw new Error('there was no fault');
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe('the configuration', () => {
  it('needs only the forge and its token', () => {
    const config = read();
    expect({ ...config, forgeToken: config.forgeToken.reveal() }).toEqual({
      forgeUrl: 'https://forge.example',
      forgeToken: 'canary-t0ken',
      forgePublicUrl: null,
      hookDelayMs: 2_000,
      hookIntervalMs: 15_000,
      oauthClientId: null,
      oauthClientSecret: null,
      webhookSecrets: null,
      listen: { host: '127.0.0.1', port: 8095 },
      publicUrl: null,
      dataDir: join(process.cwd(), 'data'),
      databaseUrl: null,
      redisUrl: null,
      secretKeys: null,
      allowedUpstreams: [],
      passIntervalMs: 3_600_000,
      updateIntervalMs: 6 * 3_600_000,
      minIntervalMs: 600_000,
      maxIntervalMs: 7 * 86_400_000,
      backupsPerRef: 10,
      backupAgeMs: 90 * 24 * 3_600_000,
      reconcileMs: 3_600_000,
      maxRetries: 5,
      stuckAfterMs: 3 * 3_600_000,
      leaseMs: 60_000,
      concurrency: 4,
      hostConcurrency: 2,
      fetchTimeoutMs: 2 * 3_600_000,
      fetchIdleTimeoutMs: 60_000,
      fetchMaxBytes: 20 * 2 ** 30,
      listingMaxBytes: 64 * 2 ** 20,
      fetchMemoryBytes: 2 * 2 ** 30,
      pushPortion: 200,
      pushIdleTimeoutMs: 600_000,
      shutdownGraceMs: 30_000,
      logLevel: 'info',
      requestsPerMinute: 1200,
      refusedPerMinute: 120,
      manualRunsPerMinute: 10,
      manualIntervalMs: 300_000,
      auditKeepMs: 365 * 24 * 3_600_000,
      trustedProxies: ['127.0.0.0/8', '::1/128'],
      rightsCacheMs: 60_000,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it.each([
    ['ID', 'SECRET'],
    ['SECRET', 'ID'],
  ])('asks for both halves of the sign-in: %s alone is a fault', (given, missing) => {
    const alone = { [`HEADWATER_OAUTH_CLIENT_${given}`]: 'half' };
    expect(faultsOf(() => read(alone))).toEqual([
      {
        field: `HEADWATER_OAUTH_CLIENT_${missing}`,
        message: `is missing, while HEADWATER_OAUTH_CLIENT_${given} is set: nobody can sign in without both`,
      },
    ]);
  });

  it('reports every fault at once, each with its name, and no value', () => {
    const faults = faultsOf(() =>
      parseConfig({
        HEADWATER_FORGE_URL: 'ftp://forge',
        HEADWATER_LEASE: '1 minute',
        HEADWATER_CONCURRENCY: '0',
        HEADWATER_CONCURENCY: '4',
        HEADWATER_DATABASE_URL: 'mysql://me:canary-secret@db/x',
      }),
    );
    expect(faults).toEqual([
      { field: 'HEADWATER_CONCURENCY', message: 'is not a setting' },
      { field: 'HEADWATER_FORGE_URL', message: 'must start with https:// or http://' },
      { field: 'HEADWATER_FORGE_TOKEN', message: 'is required' },
      { field: 'HEADWATER_DATABASE_URL', message: 'must start with postgres:// or postgresql://' },
      { field: 'HEADWATER_LEASE', message: 'must be a duration such as 90s, 5m or 6h' },
      { field: 'HEADWATER_CONCURRENCY', message: 'must be from 1 to 64' },
    ]);
  });

  it.each([
    ['HEADWATER_FORGE_URL', ['forge', 'https://', 'https://u:p@forge', 'https://forge/?a=b', 'file:///x']],
    ['HEADWATER_FORGE_TOKEN', ['two words', 'line\nbreak', 'ünicode']],
    ['HEADWATER_FORGE_PUBLIC_URL', ['forge.example', 'https://forge/#x']],
    ['HEADWATER_OAUTH_CLIENT_SECRET', ['two words']],
    ['HEADWATER_WEBHOOK_SECRET', ['a,', 'a b', ',']],
    [
      'HEADWATER_LISTEN',
      ['8095', ':8095', 'localhost', '127.0.0.1:65536', '[::1]', '::1:8095', '[1.2.3.4]:1', 'a b:1'],
    ],
    ['HEADWATER_PUBLIC_URL', ['headwater.example', 'https://u@headwater.example']],
    ['HEADWATER_DATABASE_URL', ['sqlite://x', 'postgres:/x', '/var/lib/x.db']],
    ['HEADWATER_REDIS_URL', ['localhost:6379', 'http://redis']],
    ['HEADWATER_SECRET_KEY', ['short', 'a'.repeat(63), `${'a'.repeat(64)},x`, 'A'.repeat(44)]],
    [
      'HEADWATER_ALLOWED_UPSTREAMS',
      ['http://host', '10.0.0.0/33', '10.0.0.256', 'host:0', 'host:70000', '-x', 'a..b/8', '*'],
    ],
    ['HEADWATER_PASS_INTERVAL', ['1', '1 h', '1.5h', '-1h', '0s', '2d', '1hour', '9999999999999h', 'h']],
    ['HEADWATER_UPDATE_INTERVAL', ['0s', '400d']],
    ['HEADWATER_MAX_RETRIES', ['-1', '101', '1e1', '0x1', '2.0', 'five']],
    ['HEADWATER_STUCK_AFTER', ['8d']],
    ['HEADWATER_LEASE', ['100ms', '11m']],
    ['HEADWATER_FETCH_MAX_BYTES', ['20', '20GB', '20gib', '0GiB', '-1GiB', '1.5GiB', 'GiB']],
    ['HEADWATER_FETCH_MEMORY', ['1MiB']],
    ['HEADWATER_PUSH_PORTION', ['0', '10001']],
    ['HEADWATER_RIGHTS_CACHE', ['61s', '5m']],
    ['HEADWATER_LOG_LEVEL', ['loud', 'INFO', 'trace']],
  ])('refuses nonsense in %s', (name, values) => {
    for (const value of values) {
      expect([value, faultsOf(() => read({ [name]: value })).map((entry) => entry.field)]).toEqual([value, [name]]);
    }
  });

  it('reads listening addresses', () => {
    expect(read({ HEADWATER_LISTEN: '[::1]:0' }).listen).toEqual({ host: '::1', port: 0 });
    expect(read({ HEADWATER_LISTEN: '0.0.0.0:80' }).listen).toEqual({ host: '0.0.0.0', port: 80 });
    expect(read({ HEADWATER_LISTEN: 'localhost:8095' }).listen).toEqual({ host: 'localhost', port: 8095 });
  });

  it('reads hosts, ports, addresses and networks that may be private', () => {
    const text = 'git.internal, Git.Internal:3000 10.0.0.0/8,192.168.1.5,[::1]:8080,fd00::/8,::1,192.168.1.5:80';
    expect(read({ HEADWATER_ALLOWED_UPSTREAMS: text }).allowedUpstreams).toEqual([
      'git.internal',
      'git.internal:3000',
      '10.0.0.0/8',
      '192.168.1.5',
      '[::1]:8080',
      'fd00::/8',
      '::1',
      '192.168.1.5:80',
    ]);
  });

  it('reads one or more sealing keys in either spelling', () => {
    const hex = 'ab'.repeat(32);
    const base64 = Buffer.from('cd'.repeat(32), 'hex').toString('base64');
    const keys = read({ HEADWATER_SECRET_KEY: `${base64}, ${hex}` }).secretKeys ?? [];
    expect(keys.map((key) => Buffer.from(key.reveal(), 'base64').toString('hex'))).toEqual(['cd'.repeat(32), hex]);
  });

  it('reads one or more webhook secrets', () => {
    const secrets = read({ HEADWATER_WEBHOOK_SECRET: 'new, old' }).webhookSecrets ?? [];
    expect(secrets.map((secret) => secret.reveal())).toEqual(['new', 'old']);
  });

  it('keeps the path of a forge below a sub-path', () => {
    expect(read({ HEADWATER_FORGE_URL: 'http://host:3000/forge//' }).forgeUrl).toBe('http://host:3000/forge');
  });

  it('refuses a shortest interval that is longer than the longest', () => {
    expect(faultsOf(() => read({ HEADWATER_MAX_UPDATE_INTERVAL: '5m' }))).toEqual([
      { field: 'HEADWATER_MIN_UPDATE_INTERVAL', message: 'must not be longer than HEADWATER_MAX_UPDATE_INTERVAL (5m)' },
    ]);
  });

  it('refuses a lease or a fetch that outlasts STUCK_AFTER', () => {
    expect(faultsOf(() => read({ HEADWATER_STUCK_AFTER: '30s' }))).toEqual([
      { field: 'HEADWATER_LEASE', message: 'must not be longer than HEADWATER_STUCK_AFTER (30s)' },
      { field: 'HEADWATER_FETCH_TIMEOUT', message: 'must not be longer than HEADWATER_STUCK_AFTER (30s)' },
    ]);
  });

  it('takes a blank variable for an unset one, and passes over those of Kubernetes', () => {
    expect(
      read({ HEADWATER_LEASE: ' ', HEADWATER_SERVICE_HOST: '10.0.0.1', HEADWATER_PORT_8095_TCP_ADDR: 'x', HOME: '/x' })
        .leaseMs,
    ).toBe(60_000);
  });

  it('never shows a secret', () => {
    const config = read({
      HEADWATER_SECRET_KEY: 'ab'.repeat(32),
      HEADWATER_DATABASE_URL: 'postgres://u:canary-db@h/d',
      HEADWATER_REDIS_URL: 'redis://:canary-redis@h',
      HEADWATER_OAUTH_CLIENT_ID: 'client',
      HEADWATER_OAUTH_CLIENT_SECRET: 'canary-client',
      HEADWATER_WEBHOOK_SECRET: 'canary-hook',
    });
    const shown = inspect(config, { depth: 9 }) + JSON.stringify(config) + String(config.forgeToken);
    expect(shown).not.toContain('canary');
    expect(shown).not.toContain(Buffer.from('ab'.repeat(32), 'hex').toString('base64'));
  });
});

describe('files', () => {
  it('reads a secret from its own file', () => {
    const path = file('token', 'from-a-file\n');
    const config = parseConfig({ HEADWATER_FORGE_URL: 'https://forge.example', HEADWATER_FORGE_TOKEN_FILE: path });
    expect(config.forgeToken.reveal()).toBe('from-a-file');
  });

  it('refuses a secret that is given twice, or whose file is not there or empty', () => {
    const path = file('token', 'x');
    expect(faultsOf(() => read({ HEADWATER_FORGE_TOKEN_FILE: path }))).toMatchObject([
      { field: 'HEADWATER_FORGE_TOKEN' },
    ]);
    expect(faultsOf(() => read({ HEADWATER_SECRET_KEY_FILE: join(folder, 'nowhere') }))).toEqual([
      { field: 'HEADWATER_SECRET_KEY_FILE', message: 'names a file that cannot be read' },
    ]);
    expect(faultsOf(() => read({ HEADWATER_SECRET_KEY_FILE: file('empty', '\n') }))).toMatchObject([
      { field: 'HEADWATER_SECRET_KEY' },
    ]);
  });

  it('reads NAME=value lines; the environment wins', () => {
    const path = file(
      'headwater.env',
      '# forge\nHEADWATER_FORGE_URL="https://forge.example"\nHEADWATER_LEASE=5s # short\n',
    );
    const env = { HEADWATER_FORGE_TOKEN: 't', HEADWATER_CONFIG_FILE: path };
    expect(loadConfig({ env })).toMatchObject({ forgeUrl: 'https://forge.example', leaseMs: 5000 });
    expect(loadConfig({ env: { ...env, HEADWATER_LEASE: '9s' } }).leaseMs).toBe(9000);
    expect(loadConfig({ env: { HEADWATER_FORGE_TOKEN: 't' }, file: path }).leaseMs).toBe(5000);
  });

  it('reports the faults of file and environment together', () => {
    const path = file('headwater.env', 'PATH=/bin\nHEADWATER_LEASES=5s\nHEADWATER_CONFIG_FILE=x\n');
    const fields = faultsOf(() => loadConfig({ env: { HEADWATER_CONCURRENCY: 'x' }, file: path })).map(
      (each) => each.field,
    );
    expect(fields.sort()).toEqual([
      'HEADWATER_CONCURRENCY',
      'HEADWATER_CONFIG_FILE',
      'HEADWATER_FORGE_TOKEN',
      'HEADWATER_FORGE_URL',
      'HEADWATER_LEASES',
      'PATH',
    ]);
    expect(faultsOf(() => loadConfig({ env: needed, file: join(folder, 'nowhere') }))).toEqual([
      { field: 'HEADWATER_CONFIG_FILE', message: 'names a file that cannot be read' },
    ]);
  });
});

describe('the table of settings', () => {
  it('stands whole in --help, with defaults and meanings', () => {
    const help = settingsHelp();
    for (const setting of settingList) {
      const line = help.split('\n').find((each) => each.trim().startsWith(`${setting.name} `));
      expect(line).toContain(setting.meaning);
      expect(line).toContain(setting.default === null || setting.default === '' ? setting.unset : setting.default);
    }
  });

  it('stands whole in the README, with defaults and meanings', () => {
    const readme = readFileSync(join(__dirname, '../../../README.md'), 'utf8');
    for (const setting of settingList) {
      const shown = setting.default === null || setting.default === '' ? setting.unset : `\`${setting.default}\``;
      expect(readme).toContain(`| \`${setting.name}\` | ${shown} | ${setting.meaning} |`);
    }
  });

  it('has defaults that its own rules accept', () => {
    for (const setting of settingList) {
      if (setting.default !== null)
        expect([setting.name, setting.kind.safeParse(setting.default).success]).toEqual([setting.name, true]);
    }
  });
});
