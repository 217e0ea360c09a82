// The import table of docs/architecture.md, row by row. A folder may import itself and what its row names, nothing else of ours.
const rows = {
  'src/domain': [],
  'src/ports': ['src/domain'],
  'src/sync': ['src/domain', 'src/ports'],
  'src/git-http': ['src/domain'],
  'src/http': ['src/sync', 'src/domain', 'src/ports', 'src/panel/texts', 'src/panel/wire'],
  'src/panel': ['src/domain'],
  'src/install': ['src/panel/embed', 'src/domain', 'src/ports'],
  'src/cli': ['src/sync', 'src/install', 'src/domain', 'src/ports'],
  'src/fetch-child': ['src/domain'],
  migrations: [],
};

/** Libraries that only one place may know. */
const owners = {
  nodegit: 'src/fetch-child',
  typeorm: '(src/adapters/store|migrations)',
  'better-sqlite3': 'src/adapters/store',
  pg: 'src/adapters/store',
  bull: 'src/adapters/redis',
  ioredis: 'src/adapters/redis',
  'rate-limit-redis': 'src/adapters/redis',
  'express-rate-limit': 'src/(http|adapters/redis)',
  '@octokit': 'src/adapters/forge',
  express: 'src/http',
  eta: 'src/http/panel',
  helmet: 'src/http',
  'openid-client': 'src/adapters/identity',
  'express-session': 'src/http/sign-in',
  'csrf-sync': 'src/http/sign-in',
  ssh2: 'src/adapters/upstream',
  standardwebhooks: 'src/adapters/webhooks',
  pino: '(src/adapters/log|src/http)',
  'pino-http': 'src/http',
  commander: 'src/cli',
  ajv: 'src/adapters/manifest',
  'cli-progress': 'src/cli',
};

/** Built-in modules without I/O, clock or randomness. */
const pureBuiltins = '^(node:)?(util|url|path|buffer|string_decoder|assert)$';

const folder = (path) => `^${path}/`;

module.exports = {
  forbidden: [
    ...Object.entries(rows).map(([from, allowed]) => ({
      name: `${from.replace('src/', '')}-imports-only-its-row`,
      comment: `See the import table in docs/architecture.md: ${from} may import ${allowed.join(', ') || 'nothing else of ours'}.`,
      severity: 'error',
      from: { path: folder(from) },
      to: { path: '^(src|migrations|test|scripts)/', pathNot: [from, ...allowed].map(folder) },
    })),
    {
      name: 'adapters-import-only-their-row',
      comment: 'An adapter knows domain, ports, git-http and itself; the store also its migrations.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: {
        path: '^(src|migrations|test|scripts)/',
        pathNot: [
          '^src/adapters/$1/',
          folder('src/domain'),
          folder('src/ports'),
          folder('src/git-http'),
          '^migrations/',
        ],
      },
    },
    {
      name: 'only-the-store-knows-migrations',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/store/' },
      to: { path: '^migrations/' },
    },
    {
      name: 'nobody-imports-the-root',
      comment: 'main starts what compose builds; everything else is handed its parts.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|compose|compose-installer)[.]ts$' },
      to: { path: '^src/[^/]+[.]ts$', pathNot: '^src/config[.]ts$' },
    },
    {
      name: 'config-is-pure-input',
      comment: 'Settings are read once and handed down; only the composition root and the entry read them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|compose|compose-installer|config)[.]ts$|^src/(config|compose)/' },
      to: { path: '^src/config([.]ts$|/)' },
    },
    {
      name: 'config-imports-only-the-domain',
      severity: 'error',
      from: { path: '^src/config([.]ts$|/)' },
      to: { path: '^(src|migrations|test|scripts)/', pathNot: ['^src/domain/', '^src/config([.]ts$|/)'] },
    },
    {
      name: 'src-never-imports-tests',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'domain-and-ports-are-pure',
      comment: 'No I/O, no clock, no randomness, no library.',
      severity: 'error',
      from: { path: '^src/(domain|ports)/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'], pathNot: pureBuiltins },
    },
    {
      name: 'sync-does-no-io-itself',
      comment: 'The verbs reach the outside through ports.',
      severity: 'error',
      from: { path: '^src/sync/' },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'],
        pathNot: [pureBuiltins, '^(node:)?(crypto|events|timers|timers/promises)$'],
      },
    },
    ...Object.entries(owners).map(([library, owner]) => ({
      name: `only-one-place-knows-${library.replace('@', '')}`,
      comment: `${library} belongs to ${owner}.`,
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: `^${owner}/` },
      to: { path: `node_modules/${library}/` },
    })),
    {
      name: 'no-circular',
      comment: 'Cycles of types alone are erased by the compiler.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports is dead, unless it is where a process or a test starts.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '^src/(main|fetch-child/main|panel/page/panel|panel/browser/embed)[.]ts$',
          '[.]test[.]ts$',
          '[.]d[.]ts$',
          '^scripts/[^/]+/main[.]ts$',
          '[.]mjs$',
        ],
      },
      to: {},
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-undeclared-package',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'product-needs-no-dev-package',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    // Type-only imports count: a layer that knows another's types knows the layer.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.server.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
