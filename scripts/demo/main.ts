/**
 * The demo: a forge, Headwater and an upstream on this machine, and a mirror that is enrolled, imported and updated.
 * Usage: npm run demo [-- [--exit] [URL]]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Closers } from './closers';
import { Narrator } from './narrator';
import { playStory, storySteps, type Stage } from './story';

const usage = `Usage: npm run demo [-- [--exit] [URL]]
  URL     serve a copy of that repository as the upstream, instead of this project's own history
  --exit  end after the last step, with exit code 0 only if every step was seen`;

async function main(): Promise<number> {
  const options = readArguments();
  if (options === null) {
    console.error(usage);
    return 2;
  }
  const closers = new Closers();
  const narrator = new Narrator(storySteps);
  const stopped = onStopSignal();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'headwater-demo-'));
    closers.add(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const root = resolve(__dirname, '../../..');
    const ended = await Promise.race([playStory(narrator, closers, { root, folder, from: options.from }), stopped]);
    if (ended === 'stopped') return 130;
    console.log(`\nAll ${storySteps} steps were seen.`);
    if (options.exit) return 0;
    showAddresses(ended);
    await stopped;
    return 0;
  } catch (error) {
    const { step, background } = narrator;
    console.error(`\nThe demo FAILED at "${step}": ${error instanceof Error ? error.message : String(error)}`);
    if (background !== '') console.error(`\nHeadwater's log ends with:\n${background}`);
    return 1;
  } finally {
    console.log('\nCleaning up …');
    await closers.close();
  }
}

function readArguments(): { exit: boolean; from: string | null } | null {
  try {
    const { values, positionals } = parseArgs({ options: { exit: { type: 'boolean' } }, allowPositionals: true });
    if (positionals.length > 1) return null;
    return { exit: values.exit === true, from: positionals[0] ?? null };
  } catch {
    return null;
  }
}

/** Resolves at the first Ctrl-C or request to end. Further ones change nothing: cleaning up takes seconds. */
function onStopSignal(): Promise<'stopped'> {
  return new Promise((resolveStopped) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolveStopped('stopped'));
    }
  });
}

function showAddresses({ project, headwaterUrl, mirrorUrl, upstreamUrl, reader }: Stage): void {
  const { owner, ownerToken, forge } = project;
  const curl = `curl -H 'Authorization: token ${ownerToken.token}'`;
  console.log(`
Everything stays up until Ctrl-C, which then removes it all.

  forge       ${forge.url}${forge.kind === 'real' ? `/${owner.name}/${project.name}` : ' (the double has an API and git, no pages)'}
    user      ${owner.name}, password ${owner.password}, token ${ownerToken.token}
    clone     git clone ${project.cloneUrl}
  headwater   ${headwaterUrl}
    mirror    ${curl} ${mirrorUrl}
    update    ${curl} -X POST ${mirrorUrl}
    events    ${curl} -N ${mirrorUrl}/events
  upstream    ${upstreamUrl}
    user      ${reader.user}, password ${reader.password}
`);
}

// Ends at once: a step that was given up on may still be waiting for something.
void main().then((code) => process.exit(code));
