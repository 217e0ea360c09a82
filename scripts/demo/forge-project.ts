import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestToken, TestUser } from '../../test/support/forge-admin';
import { startForgeDouble } from '../../test/support/forge-double/forge-double';
import type { TestForge } from '../../test/support/forges';
import { findForgeBinary, startRealForge } from '../../test/support/real-forge';
import { startWebhookReceiver, type WebhookReceiver } from '../../test/support/webhook-receiver';
import type { Closers } from './closers';

/** One empty project of a forge, with those who work on it and those who watch it. */
export interface ForgeProject {
  readonly forge: TestForge;
  readonly about: string;
  readonly owner: TestUser;
  readonly name: string;
  /** Address of the project for git. */
  readonly cloneUrl: string;
  readonly ownerToken: TestToken;
  /** Headwater's own account. */
  readonly bot: TestUser;
  readonly botToken: TestToken;
  readonly receiver: WebhookReceiver;
  /** What the git hook wrote: "old new ref" of each ref that arrived. */
  hookLines(): Promise<string[]>;
}

async function startForge(): Promise<{ forge: TestForge; about: string }> {
  const binary = findForgeBinary();
  if (binary !== null) return { forge: await startRealForge(binary), about: `the real forge ${binary}` };
  return { forge: await startForgeDouble(), about: 'the forge double, as there is no forgejo or gitea on PATH' };
}

/** Makes the people, the project, a webhook and a post-receive hook. */
export async function prepareProject(closers: Closers, folder: string): Promise<ForgeProject> {
  const { forge, about } = await startForge();
  closers.add(() => forge.close());
  const owner = await forge.createUser('maya');
  const bot = await forge.createUser('headwater');
  const ownerToken = await forge.createToken(owner, ['write:repository', 'read:user']);
  const botToken = await forge.createToken(bot, ['write:repository', 'read:user']);
  const { name } = await forge.createRepo(owner.name, 'project');
  await forge.addCollaborator(owner.name, name, bot.name, 'admin');

  const receiver = await startWebhookReceiver();
  closers.add(() => receiver.close());
  const { url, secret } = receiver;
  await forge.addWebhook({ owner: owner.name, name }, { url, secret, events: ['push', 'create'] });

  const hookFile = join(folder, 'post-receive.txt');
  await writeFile(hookFile, '');
  await forge.addGitHook(owner.name, name, 'post-receive', `cat >> '${hookFile}'`);
  return {
    ...{ forge, about, owner, name, ownerToken, bot, botToken, receiver },
    cloneUrl: `${forge.url}/${owner.name}/${name}.git`,
    async hookLines() {
      return (await readFile(hookFile, 'utf8')).split('\n').filter((line) => line !== '');
    },
  };
}

/** Waits until the git hook has written a line that ends with `ending`. */
export async function hookLine(project: ForgeProject, ending: string, limitMs = 15_000): Promise<string> {
  for (const deadline = Date.now() + limitMs; ; await pause(100)) {
    const line = (await project.hookLines()).find((each) => each.endsWith(ending));
    if (line !== undefined) return line;
    if (Date.now() > deadline) throw new Error(`the git hook did not run for "${ending}"`);
  }
}
