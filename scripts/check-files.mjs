// Rules about files as such: none of ours grows past 300 lines, none names a path of the machine that wrote it, and no test
// runs alone by accident.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { outputOf, root } from './run.mjs';

const maxLines = 300;
const machinePath = /(^|[\s"'`(=:,])\/(work|root|home\/[a-z][\w-]*|Users\/[A-Za-z][\w-]*)\//;
const alone = /\b(it|test|describe)\.only\b/;
const text = /\.(ts|[cm]?js|json|md|ya?ml|html|css|eta|sh|txt)$|(^|\/)[^.]+$|(^|\/)\.[^/]+$/;

/** Answers like `run`; the output has one sentence for each fault. */
export function checkFiles() {
  const began = Date.now();
  const faults = projectFiles().flatMap(faultsOf);
  return { ok: faults.length === 0, seconds: (Date.now() - began) / 1000, output: faults.join('\n') };
}

function faultsOf(file) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const faults = [];
  if (/^(src|scripts|migrations)\/.*\.(ts|mjs)$/.test(file) && lines.length - 1 > maxLines) {
    faults.push(`${file} has ${lines.length - 1} lines; at most ${maxLines}: which concept is missing?`);
  }
  lines.forEach((line, at) => {
    if (alone.test(line) && file.startsWith('test/'))
      faults.push(`${file}:${at + 1} leaves out all other tests: ${line.trim()}`);
    if (machinePath.test(line))
      faults.push(`${file}:${at + 1} names a path of one machine: ${line.trim().slice(0, 80)}`);
  });
  return faults;
}

/** What git would add; without git's help, every file outside the folders that are made. */
function projectFiles() {
  const listed = outputOf('git', ['ls-files', '--cached', '--others', '--exclude-standard']);
  const files = listed === undefined ? walk(root) : listed.split('\n');
  return files.filter((file) => text.test(file) && existsSync(join(root, file)) && file !== 'scripts/check-files.mjs');
}

function walk(folder) {
  const made = new Set(['node_modules', 'dist', 'data', 'coverage', '.git']);
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (made.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [relative(root, path)];
  });
}
