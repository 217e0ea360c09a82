// Packages that ship ES modules only; jest loads them through the same transform as our own code.
const esm = [
  '@octokit',
  'universal-user-agent',
  'before-after-hook',
  'toad-cache',
  'json-with-bigint',
  'content-type',
  'eta',
  'openid-client',
  'oauth4webapi',
  'jose',
  'rate-limit-redis',
  'express-rate-limit',
];
const base = {
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: { '^.+\\.[cm]?[jt]s$': ['@swc/jest'] },
  transformIgnorePatterns: [`/node_modules/(?!(${esm.join('|')})/)`],
};
const project = (name) => ({
  ...base,
  setupFilesAfterEnv: name === 'unit' ? [] : ['<rootDir>/test/support/hold-answers.ts'],
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
});
module.exports = {
  projects: ['unit', 'contract', 'integration', 'e2e'].map(project),
  // A machine that gives each process a tenth of a processor takes ten seconds for each command that a test starts.
  testTimeout: 180_000,
};
