// Runs commands for the set-up and check scripts. Plain Node, since it works before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const running = new Set();

/**
 * Runs a command in the project's folder, as the leader of a process group of its own, so that a time-out or Ctrl-C ends its
 * children too. Answers `{ ok, code, seconds, output }`; `output` is empty unless `quiet`.
 */
export function run(command, args, { env = {}, quiet = false, minutes = 10, onSilence } = {}) {
  const began = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      detached: true,
    });
    running.add(child);
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    const timer = setTimeout(() => {
      chunks.push(Buffer.from(`\nStopped: it took longer than ${minutes} minutes.\n`));
      if (!quiet) console.error(`Stopped: it took longer than ${minutes} minutes.`);
      endGroup(child, 'SIGKILL');
    }, minutes * 60_000);
    const beat = onSilence && setInterval(() => onSilence(secondsSince(began)), 60_000);
    const finish = (code) => {
      clearTimeout(timer);
      clearInterval(beat);
      running.delete(child);
      resolve({ ok: code === 0, code, seconds: secondsSince(began), output: Buffer.concat(chunks).toString() });
    };
    child.on('error', (error) => {
      chunks.push(Buffer.from(String(error)));
      if (!quiet) console.error(String(error));
      finish(127);
    });
    child.on('close', (code) => finish(code ?? 1));
  });
}

/** The output of a short command, or undefined when it fails or does not exist. */
export function outputOf(command, args) {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', timeout: 30_000 });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

export function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => canExecute(join(folder, program)));
}

/** The path of a tool that `npm ci` installed, run with the Node that runs us. */
export function tool(path) {
  return join(root, 'node_modules', path);
}

function canExecute(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function secondsSince(began) {
  return (Date.now() - began) / 1000;
}

function endGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.on(signal, () => {
    for (const child of running) endGroup(child, signal);
    setTimeout(() => {
      for (const child of running) endGroup(child, 'SIGKILL');
      process.exit(code);
    }, 2_000).unref();
    if (running.size === 0) process.exit(code);
    void Promise.all([...running].map((child) => new Promise((done) => child.once('close', done)))).then(() =>
      process.exit(code),
    );
  });
}
