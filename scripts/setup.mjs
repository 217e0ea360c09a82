// Makes a fresh clone ready: system packages, npm packages, build. Does only what is missing, so a second run takes seconds.
// Usage: node scripts/setup.mjs demo|test|build
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { onPath, outputOf, root, run, tool } from './run.mjs';
import { missingPackages } from './system-packages.mjs';

const stamp = join(root, 'node_modules', '.headwater-install');

async function setUp(mode) {
  checkNode();
  await installSystemPackages(mode);
  checkGit();
  await installNpmPackages();
  await build();
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(`Node ${process.versions.node} is too old.`, 'Install Node 20.19 or newer: https://nodejs.org/en/download');
  }
}

function checkGit() {
  const version = /(\d+)\.(\d+)/.exec(outputOf('git', ['--version']) ?? '');
  if (!version) stop('git does not run.', 'Install git 2.29 or newer.');
  const [, major, minor] = version.map(Number);
  if (major < 2 || (major === 2 && minor < 29)) stop(`git ${version[0]} is too old.`, 'Install git 2.29 or newer.');
}

async function installSystemPackages(mode) {
  const missing = missingPackages(mode);
  if (missing.length === 0) return;
  const names = missing.map((entry) => entry.name);
  if (!onPath('apt-get')) {
    stop(
      'This system lacks:',
      ...missing.map((entry) => `  - ${entry.what}`),
      'Install these, then run the command again.',
    );
  }
  const line = `apt-get update && apt-get install --yes --no-install-recommends ${names.join(' ')}`;
  const become = asRoot();
  if (become === undefined) {
    stop(
      'System packages are missing and there is no right to install them. Run this, then the command again:',
      '',
      `  sudo sh -c '${line}'`,
      '',
    );
  }
  say(`installing system packages: ${names.join(' ')}`);
  // RUNLEVEL=1 asks the packages not to start their services, which are not used: tests and demo start their own.
  const apt = [
    ...become,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'RUNLEVEL=1',
    'apt-get',
    '-q',
    '-o',
    'DPkg::Lock::Timeout=300',
    '-o',
    'Acquire::Retries=3',
  ];
  const updated = await run(apt[0], [...apt.slice(1), 'update'], { minutes: 10, quiet: true });
  const installed = await run(apt[0], [...apt.slice(1), 'install', '--yes', '--no-install-recommends', ...names], {
    minutes: 20,
    quiet: true,
  });
  if (!installed.ok) {
    console.error((updated.ok ? '' : updated.output) + installed.output);
    stop(
      'apt-get could not install them (its output is above). Run this, then the command again:',
      '',
      `  ${line}`,
      '',
    );
  }
  await leaveServicesOff(names, become);
  const still = missingPackages(mode);
  if (still.length > 0) stop('Still missing after the installation:', ...still.map((entry) => `  - ${entry.what}`));
}

/** systemd starts what a package brings whatever RUNLEVEL says; only services that came just now are switched off again. */
async function leaveServicesOff(installed, become) {
  if (!existsSync('/run/systemd/system')) return;
  for (const service of ['redis-server', 'postgresql'].filter((name) => installed.includes(name))) {
    const command = [...become, 'systemctl', 'disable', '--now', service];
    await run(command[0], command.slice(1), { minutes: 1, quiet: true });
  }
}

/** The words that make a command run as root: none when we are root, undefined when we may not be. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return onPath('sudo') && outputOf('sudo', ['-n', 'true']) !== undefined ? ['sudo', '-n'] : undefined;
}

async function installNpmPackages() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === installDigest()) return;
  if (!(await isInstalled())) {
    say('installing npm packages; nodegit and better-sqlite3 are compiled, which takes 5 to 15 minutes the first time');
    const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
    const result = await run(npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      env: { JOBS: String(cpus().length), ...nodeHeaders() },
      minutes: 60,
      onSilence: (seconds) => say(`still installing, ${Math.round(seconds / 60)} min`),
    });
    if (!result.ok) stop('npm ci failed; its output is above. Run the command again once the reason is gone.');
    say(`npm packages installed in ${Math.round(result.seconds)} s`);
  }
  writeFileSync(stamp, installDigest());
}

/** npm ci removes node_modules first and writes its own record last, so this record tells a whole installation. */
async function isInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const there = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const agrees = Object.entries(wanted).every(
    ([path, entry]) => path === '' || (there[path] ? there[path].version === entry.version : entry.optional === true),
  );
  if (!agrees || Object.keys(there).some((path) => !(path in wanted))) return false;
  const natives = "require('nodegit'); new (require('better-sqlite3'))(':memory:').close()";
  return (await run(process.execPath, ['-e', natives], { quiet: true, minutes: 1 })).ok;
}

function installDigest() {
  const digest = createHash('sha256').update(`${process.versions.modules} ${process.platform} ${process.arch}`);
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) digest.update(readFileSync(join(root, file)));
  return digest.digest('hex');
}

/** Node's own headers, where they were installed with it; otherwise node-gyp downloads them. */
function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/node_api.h')) ? { npm_config_nodedir: prefix } : {};
}

async function build() {
  const result = await run(process.execPath, [tool('typescript/bin/tsc'), '--build'], {
    quiet: true,
    minutes: 5,
  });
  if (!result.ok) {
    console.error(result.output);
    stop('The build failed; the compiler tells why above.');
  }
  if (result.seconds > 2) say(`built in ${result.seconds.toFixed(1)} s`);
}

function say(line) {
  console.log(`set-up: ${line}`);
}

function stop(...lines) {
  console.error(lines.join('\n'));
  process.exit(1);
}

const mode = process.argv[2];
if (!['demo', 'test', 'build'].includes(mode)) stop('Usage: node scripts/setup.mjs demo|test|build');
await setUp(mode);
