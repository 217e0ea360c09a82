// Runs jest projects and reads their counts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, tool } from './run.mjs';

/** Answers what `run` answers, and `counts`. A suite that cannot even be loaded counts as one failure. */
export async function runJest(projects, { workers, ...options }) {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-jest-'));
  try {
    const report = join(folder, 'report.json');
    const args = ['--selectProjects', ...projects, '--maxWorkers', String(workers), '--json', '--outputFile', report];
    const result = await run(process.execPath, [tool('jest/bin/jest.js'), ...args], options);
    return { ...result, counts: countsOf(report) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function addCounts(one, other) {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

export function showCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function countsOf(report) {
  try {
    const told = JSON.parse(readFileSync(report, 'utf8'));
    return {
      passed: told.numPassedTests,
      failed: told.numFailedTests + told.numRuntimeErrorTestSuites,
      skipped: told.numPendingTests + told.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
