/** The two servers between which everything is measured, in a process of their own, so that what they spend is nobody's. */
import { startForgeDouble } from '../../test/support/forge-double/forge-double';
import { GitUpstream } from '../../test/support/git-upstream';
import { answerLines } from './line-process';

export interface ServerAddresses {
  readonly forgeUrl: string;
  readonly owner: string;
  readonly botToken: string;
  readonly upstreamBase: string;
}

async function main(root: string): Promise<void> {
  const forge = await startForgeDouble();
  const upstream = await GitUpstream.start({ root });
  const owner = await forge.createUser('owner');
  const bot = await forge.createUser('bot', { siteAdmin: true });
  const { token } = await forge.createToken(bot, ['write:repository', 'read:user']);

  await answerLines(async (question) => {
    switch (question['do']) {
      case 'addresses':
        return {
          forgeUrl: forge.url,
          owner: owner.name,
          botToken: token,
          upstreamBase: `http://127.0.0.1:${upstream.port}`,
        };
      case 'project':
        return forge.createRepo(owner.name, String(question['name']));
      case 'remove':
        await forge.removeRepo(owner.name, String(question['name']));
        return {};
      case 'sent bytes':
        return { bytes: upstream.sentBytes };
      default:
        throw new Error(`unknown question: ${String(question['do'])}`);
    }
  });
  await upstream.close();
  await forge.close();
}

void main(process.argv[2] ?? '.');
