/** Headwater with its worker, in a process of its own: real store, queue, Redis and fetch children; runs are asked for one by one. */
import { compose } from '../../src/compose';
import { parseConfig } from '../../src/config';
import { enrolMirror } from '../../src/sync/enrol-mirror';
import type { MirrorSettings } from '../../src/sync/mirror-settings';
import { removeMirror } from '../../src/sync/remove-mirror';
import { requestSync } from '../../src/sync/request-sync';
import type { Cause } from '../../src/domain/cause';
import { answerLines } from './line-process';

type App = Awaited<ReturnType<typeof compose>>;

async function main(variables: Record<string, string>): Promise<void> {
  const app = await compose(parseConfig(variables), { roles: ['worker'], logTo: 2 });
  await answerLines(async (question) => {
    const mirrorId = String(question['mirrorId']);
    switch (question['do']) {
      case 'enrol': {
        const project = await app.forge.project(Number(question['repoId']));
        const settings = question['settings'] as MirrorSettings;
        const { mirror, requested } = await enrolMirror(app, project, { ...settings, enabled: false });
        if (requested !== null) throw new Error('nothing should run yet');
        return { mirrorId: mirror.id, sshPublicKey: mirror.ssh?.keys[0]?.publicKey ?? null };
      }
      case 'import':
        await importProject(app, Number(question['repoId']));
        return {};
      case 'sync':
        for (let count = Number(question['times']); count > 0; count -= 1)
          await sync(app, mirrorId, question['cause'] as Cause);
        return {};
      case 'remove':
        await removeMirror(app, mirrorId);
        return {};
      default:
        throw new Error(`unknown question: ${String(question['do'])}`);
    }
  });
  await app.close();
}

async function importProject(app: App, repoId: number): Promise<void> {
  const project = await app.forge.project(repoId);
  const { requested } = await enrolMirror(app, project, { enabled: true });
  if (requested === null) throw new Error('the import did not start');
  await ended(app, requested.run.mirrorId, requested.run.id);
}

async function sync(app: App, mirrorId: string, cause: Cause): Promise<void> {
  const { run } = await requestSync(app, mirrorId, cause);
  await ended(app, mirrorId, run.id);
}

/** Waits for the run's notice, and looks into the database now and then, since notices may get lost. */
async function ended(app: App, mirrorId: string, runId: string): Promise<void> {
  let wake = () => {};
  const stop = await app.notices.subscribe(mirrorId, () => wake());
  try {
    for (;;) {
      const noticed = new Promise<void>((resolve) => (wake = resolve));
      const run = await app.store.run(runId);
      if (run?.status === 'finished') return;
      if (run?.status === 'failed') throw new Error(`the run failed: ${run.error?.message}`);
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([noticed, new Promise<void>((resolve) => (timer = setTimeout(resolve, 1000)))]);
      clearTimeout(timer);
    }
  } finally {
    stop();
  }
}

void main(JSON.parse(process.argv[2] ?? '{}') as Record<string, string>);
