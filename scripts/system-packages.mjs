// What the machine itself must provide, and how Debian and Ubuntu call it.
import { existsSync, readdirSync } from 'node:fs';
import { onPath } from './run.mjs';

const library = (header) => () =>
  ['/usr/include', '/usr/local/include', ...multiarchFolders()].some((folder) => existsSync(`${folder}/${header}`));

/** `what` tells people of other systems what to look for. */
const always = [
  { name: 'git', what: 'git 2.29 or newer', isThere: () => onPath('git') },
  { name: 'redis-server', what: 'the program redis-server', isThere: () => onPath('redis-server') },
  {
    name: 'util-linux',
    what: 'the programs setpriv and prlimit',
    isThere: () => onPath('setpriv') && onPath('prlimit'),
  },
  { name: 'build-essential', what: 'a C++ compiler and make', isThere: () => onPath('g++') && onPath('make') },
  { name: 'python3', what: 'Python 3, for node-gyp', isThere: () => onPath('python3') },
  { name: 'pkg-config', what: 'pkg-config', isThere: () => onPath('pkg-config') },
  {
    name: 'libkrb5-dev',
    what: 'krb5-config and the Kerberos headers, for nodegit',
    isThere: () => onPath('krb5-config'),
  },
  { name: 'libssl-dev', what: "OpenSSL's headers, for nodegit", isThere: library('openssl/ssl.h') },
  {
    name: 'ca-certificates',
    what: 'the usual certificate authorities',
    isThere: () => existsSync('/etc/ssl/certs/ca-certificates.crt') || !onPath('apt-get'),
  },
];

const forTests = [
  {
    name: 'chromium',
    what: 'the browser Chromium, for the tests of the panel',
    isThere: () => onPath('chromium') || onPath('chromium-browser'),
  },
  {
    name: 'openssh-server',
    what: "OpenSSH's server sshd",
    isThere: () => onPath('sshd') || existsSync('/usr/sbin/sshd'),
  },
  {
    name: 'postgresql',
    what: "PostgreSQL's programs initdb and postgres",
    isThere: () =>
      onPath('initdb') || debianPostgresVersions().some((v) => existsSync(`/usr/lib/postgresql/${v}/bin/initdb`)),
  },
];

/** The packages that are missing for a mode: demo, test or build. */
export function missingPackages(mode) {
  return [...always, ...(mode === 'test' ? forTests : [])].filter((entry) => !entry.isThere());
}

function multiarchFolders() {
  return existsSync('/usr/include')
    ? readdirSync('/usr/include').flatMap((name) => (name.includes('-linux-') ? [`/usr/include/${name}`] : []))
    : [];
}

function debianPostgresVersions() {
  return existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
}
