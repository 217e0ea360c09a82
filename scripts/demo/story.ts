import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GitUpstream } from '../../test/support/git-upstream';
import { Headwater, type MirrorAnswer } from '../../test/support/headwater';
import type { Closers } from './closers';
import { createGit } from './demo-git';
import { followRun } from './follow-run';
import { hookLine, prepareProject, type ForgeProject } from './forge-project';
import { mirrorEvents } from './mirror-events';
import type { Narrator } from './narrator';
import { differingRefs, localRefs, remoteRefs } from './refs';
import { commitTo, makeUpstreamRepository } from './upstream-repository';

export const storySteps = 8;

export interface Stage {
  readonly project: ForgeProject;
  readonly headwaterUrl: string;
  readonly mirrorUrl: string;
  readonly upstreamUrl: string;
  readonly reader: { readonly user: string; readonly password: string };
}

export interface StoryInput {
  /** The project's own folder. */
  readonly root: string;
  /** Temporary folder for everything that the demo makes. */
  readonly folder: string;
  /** What the upstream is a copy of; null: the project's own history. */
  readonly from: string | null;
}

const minute = 60_000;

/** Plays the whole story. Rejects at the first step that does not show what it should. */
export async function playStory(narrator: Narrator, closers: Closers, input: StoryInput): Promise<Stage> {
  const git = await createGit(input.folder);

  const project = await narrator.tell('Start a forge with an empty project', 2 * minute, async () => {
    const made = await prepareProject(closers, input.folder);
    narrator.say(`${made.forge.url}: ${made.about}`);
    narrator.say(`project ${made.owner.name}/${made.name}, with a webhook and a post-receive hook`);
    return made;
  });

  const reader = { user: 'reader', password: randomBytes(9).toString('base64url') };
  const upstream = await narrator.tell('Serve an upstream over HTTP with a password', 10 * minute, async () => {
    const root = join(input.folder, 'upstream');
    await mkdir(root);
    const made = await makeUpstreamRepository(git, join(root, 'source.git'), input.root, input.from);
    const server = await GitUpstream.start({ root, ...reader });
    closers.add(() => server.close());
    const url = server.url('source.git');
    narrator.say(`${url}: ${made.origin}, ${made.commits} commits, default branch ${made.defaultBranch}`);
    return { ...made, url, ref: `refs/heads/${made.defaultBranch}` };
  });

  const headwater = await narrator.tell('Start Headwater', minute, async () => {
    const started = await Headwater.start({
      forgeUrl: project.forge.url,
      forgeToken: project.botToken.token,
      // Ctrl-C is for the demo, which then ends Headwater in its turn; a second signal would cut its tidying short.
      detached: true,
    });
    closers.add(() => started.close());
    narrator.onFailure(() => started.output);
    narrator.say(`${started.url}: web and worker in one process, SQLite and a private Redis in ${started.dataDir}`);
    return started;
  });

  const { owner, ownerToken, name } = project;
  const api = headwater.as(ownerToken.token, owner.name, name);
  const mirrorUrl = `${headwater.url}/api/v1/repos/${owner.name}/${name}/mirror/pull`;
  const events = (signal: AbortSignal) => mirrorEvents(mirrorUrl, ownerToken.token, signal);
  await narrator.tell('Enrol the upstream by the API', minute, async () => {
    const { user, password } = reader;
    const { status, data } = await api.put({ url: upstream.url, auth_user: user, auth_password: password });
    if (status !== 201) throw new Error(`the API answered ${status} where 201 was due`);
    if (!data.has_password || JSON.stringify(data).includes(password))
      throw new Error('the password was not kept, or came back');
    narrator.say(`PUT ${mirrorUrl}: 201, the first update is ${data.update_status}`);
  });

  await narrator.tell('Watch the import', 20 * minute, async () => {
    const { mirror, progressEvents } = await followRun(events);
    if (progressEvents === 0) throw new Error('no progress event came');
    narrator.say(`imported: ${describeCounts(mirror)}; ${progressEvents} progress events came`);
    const wanted = await localRefs(git, upstream.path);
    const differing = differingRefs(wanted, await remoteRefs(git, project.cloneUrl));
    if (differing.length > 0) throw new Error(`these refs of the forge differ: ${differing.slice(0, 5).join(', ')}`);
    narrator.say(`the forge has all ${wanted.size} branches and tags of the upstream, at the same values`);
  });

  await narrator.tell("See that the forge's hooks fired", minute, async () => {
    const oid = await git(['rev-parse', upstream.ref], { cwd: upstream.path });
    await seeDelivery(narrator, project, upstream.ref, oid);
    narrator.say(`the post-receive hook wrote: ${await hookLine(project, `${oid} ${upstream.ref}`)}`);
  });

  const commit = await narrator.tell('Commit to the upstream and update now', 5 * minute, async () => {
    const text = `Written by the demo at ${new Date().toISOString()}.\n`;
    const made = await commitTo(git, upstream, 'from-the-upstream.txt', text);
    narrator.say(`the upstream's ${upstream.defaultBranch} is now at ${made.slice(0, 10)}`);
    const { mirror } = await followRun(events, async () => {
      narrator.say(`POST ${mirrorUrl}: the run is ${(await api.updateNow()).status}`);
    });
    narrator.say(`updated: ${describeCounts(mirror)}`);
    return made;
  });

  await narrator.tell('See the new commit in the forge', minute, async () => {
    const there = (await remoteRefs(git, project.cloneUrl)).get(upstream.ref) ?? 'nothing';
    if (there !== commit) throw new Error(`${upstream.ref} of the forge is at ${there}, not at ${commit}`);
    narrator.say(`git ls-remote ${project.cloneUrl}: ${commit.slice(0, 10)} ${upstream.ref}`);
    await seeDelivery(narrator, project, upstream.ref, commit);
    narrator.say(`the post-receive hook wrote: ${await hookLine(project, `${commit} ${upstream.ref}`)}`);
  });
  return { project, headwaterUrl: headwater.url, mirrorUrl, upstreamUrl: upstream.url, reader };
}

/** Waits for the forge's own signed delivery of a push by Headwater's account that moved `ref` to `oid`. */
async function seeDelivery(narrator: Narrator, project: ForgeProject, ref: string, oid: string): Promise<void> {
  const { receiver, bot } = project;
  const find = () =>
    receiver.deliveries.find(
      ({ event, signed, payload }) => event === 'push' && signed && payload['ref'] === ref && payload['after'] === oid,
    );
  await receiver.until(() => find() !== undefined, 30_000);
  const pusher = (find()?.payload['pusher'] as { login?: string } | undefined)?.login;
  if (pusher !== bot.name) throw new Error(`the webhook names ${pusher ?? 'nobody'} as the pusher, not ${bot.name}`);
  narrator.say(`webhook delivery, signed by the forge: ${pusher} pushed ${ref} to ${oid.slice(0, 10)}`);
}

function describeCounts({ last_counts: counts }: MirrorAnswer): string {
  const told = Object.entries(counts ?? {}).filter(([, count]) => count > 0);
  return told.map(([action, count]) => `${count} ${action.replace('_', ' ')}`).join(', ');
}
