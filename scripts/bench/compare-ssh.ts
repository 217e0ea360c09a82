import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparison, type Bench, type Comparison } from './bench';
import { importRounds } from './import-rounds';
import type { Subject } from './subject';

/** An import over SSH; by hand with OpenSSH's client, to the same server. */
export async function compareSsh(bench: Bench, subject: Subject): Promise<Comparison[]> {
  const { sshBase, hostKey } = await bench.upstream.ask<{ sshBase: string; hostKey: string }>({ do: 'ssh' });
  const url = `${sshBase}/${subject.name}.git`;
  const [keyFile, knownHosts] = [join(bench.folder, 'key'), join(bench.folder, 'known_hosts')];
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile]);
  const { hostname, port } = new URL(url);
  writeFileSync(knownHosts, `[${hostname}]:${port} ${hostKey}\n`);
  const ssh = `ssh -F /dev/null -i ${keyFile} -o IdentitiesOnly=yes -o UserKnownHostsFile=${knownHosts}`;
  const git = bench.gitSide(url, { GIT_SSH_COMMAND: ssh });
  const { pairs } = await importRounds(bench, {
    name: `${subject.name}-ssh`,
    settings: { url, sshHostKeys: [hostKey] },
    prepare: async ({ sshPublicKey }) => {
      const keys = [readFileSync(`${keyFile}.pub`, 'utf8').trim(), sshPublicKey ?? ''];
      await bench.upstream.ask({ do: 'authorize', keys });
    },
    byHand: (projectUrl) => git.import(projectUrl),
  });
  return [comparison('full import over SSH', 1.25, pairs)];
}
