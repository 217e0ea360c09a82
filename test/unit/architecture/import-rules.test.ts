import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const project = resolve(__dirname, '../../..');

/** Things to import. */
const bystanders = {
  'src/domain/noun.ts': "import { inspect } from 'node:util';\nexport const noun = inspect(1);",
  'src/ports/port.ts': "import { noun } from '../domain/noun';\nexport const port = noun;",
  'src/sync/verb.ts': "import { port } from '../ports/port';\nexport const verb = port;",
  'src/git-http/protocol.ts': "import { noun } from '../domain/noun';\nexport const protocol = noun;",
  'src/adapters/store/rows.ts': "import { port } from '../../ports/port';\nexport const rows = port;",
  'src/compose.ts': "import { verb } from './sync/verb';\nexport const compose = verb;",
  'src/config.ts': "import { noun } from './domain/noun';\nexport const config = noun;",
  'migrations/table.ts': "import type { QueryRunner } from 'typeorm';\nexport type Table = QueryRunner;",
  'test/support/support.ts': "import { noun } from '../../src/domain/noun';\nexport const support = noun;",
};

/** Forbidden imports: the folder, the import, and the rule that must refuse it. */
const forbidden: readonly (readonly [folder: string, line: string, rule: string])[] = [
  ['src/domain', "export { port } from '../ports/port';", 'domain-imports-only-its-row'],
  ['src/domain', "export type { port } from '../ports/port';", 'domain-imports-only-its-row'],
  ['src/domain', "export { readFile } from 'node:fs/promises';", 'domain-and-ports-are-pure'],
  ['src/domain', "export { randomUUID } from 'node:crypto';", 'domain-and-ports-are-pure'],
  ['src/domain', "export { z } from 'zod';", 'domain-and-ports-are-pure'],
  ['src/ports', "export { rows } from '../adapters/store/rows';", 'ports-imports-only-its-row'],
  ['src/sync', "export { rows } from '../adapters/store/rows';", 'sync-imports-only-its-row'],
  ['src/sync', "export { spawn } from 'node:child_process';", 'sync-does-no-io-itself'],
  ['src/git-http', "export { port } from '../ports/port';", 'git-http-imports-only-its-row'],
  ['src/http', "export { rows } from '../adapters/store/rows';", 'http-imports-only-its-row'],
  ['src/cli', "export { rows } from '../adapters/store/rows';", 'cli-imports-only-its-row'],
  ['src/fetch-child', "export { port } from '../ports/port';", 'fetch-child-imports-only-its-row'],
  ['src/adapters/forge', "export { rows } from '../store/rows';", 'adapters-import-only-their-row'],
  ['src/adapters/forge', "export { verb } from '../../sync/verb';", 'adapters-import-only-their-row'],
  ['src/adapters/forge', "export type { Table } from '../../../migrations/table';", 'only-the-store-knows-migrations'],
  ['src/http', "export { compose } from '../compose';", 'nobody-imports-the-root'],
  ['src/http', "export { config } from '../config';", 'config-is-pure-input'],
  ['src/adapters/upstream', "export type { Commit } from 'nodegit';", 'only-one-place-knows-nodegit'],
  ['src/adapters/redis', "export { Entity } from 'typeorm';", 'only-one-place-knows-typeorm'],
  ['src/adapters/store', "export { default as Bull } from 'bull';", 'only-one-place-knows-bull'],
  ['src/adapters/store', "export { Redis } from 'ioredis';", 'only-one-place-knows-ioredis'],
  ['src/adapters/store', "export { Octokit } from '@octokit/rest';", 'only-one-place-knows-octokit'],
  ['src/adapters/store', "export { support } from '../../../test/support/support';", 'src-never-imports-tests'],
  ['src/adapters/store', "export const later = () => import('express');", 'only-one-place-knows-express'],
  ['src/adapters/store', "export { default as fc } from 'fast-check';", 'product-needs-no-dev-package'],
  ['src/adapters/store', "export { nothing } from './nowhere';", 'no-unresolvable'],
  ['src/adapters/store', 'export const alone = 1;', 'no-orphans'],
];

describe('the import rules', () => {
  let found: string[];

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'headwater-rules-'));
    try {
      for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.server.json', 'package.json'])
        cpSync(join(project, file), join(folder, file));
      symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
      const write = (path: string, text: string) => {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), `${text}\n`);
      };
      for (const [path, text] of Object.entries(bystanders)) write(path, text);
      forbidden.forEach(([place, line], number) => write(`${place}/planted-${number}.ts`, line));
      found = cruise(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each(forbidden.map((row, number) => [...row, number] as const))(
    'refuse in %s: %s (%s)',
    (place, _line, rule, number) => {
      expect(found).toContain(`${rule} ${place}/planted-${number}.ts`);
    },
  );

  it('allow what the table of docs/architecture.md allows', () => {
    expect(found.filter((violation) => !violation.includes('planted-'))).toEqual([]);
  });
});

/** "rule file" of every violation. */
function cruise(folder: string): string[] {
  const program = join(project, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [program, '--output-type', 'json', 'src', 'migrations', 'test'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (stdout === '') throw new Error(stderr);
  const report = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  return report.summary.violations.map(({ from, rule }) => `${rule.name} ${from}`);
}
