/** The forge double in a process of its own, so that what it spends is nobody's. */
import { startForgeDouble } from '../../test/support/forge-double/forge-double';
import { answerLines } from './line-process';

export interface ForgeAddress {
  readonly forgeUrl: string;
  readonly owner: string;
  readonly botToken: string;
}

async function main(): Promise<void> {
  const forge = await startForgeDouble();
  const owner = await forge.createUser('owner');
  const bot = await forge.createUser('bot', { siteAdmin: true });
  const { token } = await forge.createToken(bot, ['write:repository', 'read:user']);

  await answerLines(async (question) => {
    const name = String(question['name']);
    switch (question['do']) {
      case 'address': {
        const address: ForgeAddress = { forgeUrl: forge.url, owner: owner.name, botToken: token };
        return address;
      }
      case 'project': {
        const { id } = await forge.createRepo(owner.name, name);
        return { id, dir: forge.repositoryPath(owner.name, name) };
      }
      case 'remove':
        await forge.removeRepo(owner.name, name);
        return {};
      case 'forget lfs objects':
        for (const oid of forge.lfs.contents.keys())
          for (const repoId of forge.lfs.reposWith(oid)) forge.lfs.unlink(repoId, oid);
        return {};
      default:
        throw new Error(`unknown question: ${String(question['do'])}`);
    }
  });
  await forge.close();
}

void main();
