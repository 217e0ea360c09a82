/** The upstream over HTTP, LFS and SSH, in a process of its own, so that what it spends is nobody's. */
import { randomBytes } from 'node:crypto';
import { GitUpstream } from '../../test/support/git-upstream';
import { LfsUpstream } from '../../test/support/lfs-upstream';
import { SshServer } from '../../test/support/ssh-server';
import { answerLines } from './line-process';

export interface UpstreamAddress {
  /** Of the folder of repositories. */
  readonly upstreamBase: string;
}

async function main(root: string): Promise<void> {
  const upstream = await GitUpstream.start({ root });
  const lfs = await LfsUpstream.start();
  upstream.before = lfs.handle;
  let ssh: SshServer | null = null;

  await answerLines(async (question) => {
    switch (question['do']) {
      case 'address': {
        const address: UpstreamAddress = { upstreamBase: `http://127.0.0.1:${upstream.port}` };
        return address;
      }
      case 'sent bytes':
        return { bytes: upstream.sentBytes };
      case 'lfs objects':
        return {
          objects: Array.from({ length: Number(question['count']) }, () =>
            lfs.add(randomBytes(Number(question['bytes']))),
          ),
        };
      case 'ssh':
        ssh ??= await SshServer.start();
        return { sshBase: ssh.url(root), hostKey: ssh.hostKey() };
      case 'authorize':
        ssh?.authorize(...(question['keys'] as string[]));
        return {};
      default:
        throw new Error(`unknown question: ${String(question['do'])}`);
    }
  });
  await Promise.all([upstream.close(), lfs.close(), (ssh as SshServer | null)?.close()]);
}

void main(process.argv[2] ?? '.');
