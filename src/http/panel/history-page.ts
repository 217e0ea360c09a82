import type { Request, Response } from 'express';
import { pages } from '../../panel/texts/pages';
import { history, preview } from '../../panel/texts/history';
import { buttons } from '../../panel/texts/actions';
import { planWords } from '../../panel/texts/guards';
import { say } from '../../panel/texts/rich';
import { sayDay } from '../../panel/texts/time-words';
import { HeadwaterError } from '../../domain/errors';
import type { Mirror } from '../../domain/mirror';
import type { Run } from '../../domain/run';
import { findRun } from '../api/find-mirror';
import { parseUpstreamUrl } from '../../domain/upstream-url';
import { loadProject } from './load-project';
import { openContext, type Panel, type PanelContext } from './panel-context';
import { contextFor } from './failure-context';
import { saidBanner } from './said';
import { showPage } from './show-page';
import { action } from './view/action';
import { explainFailure } from './view/failure';
import { viewBackups } from './view/backups-view';
import { viewHistory } from './view/history-view';
import { groupOutcomes } from './view/ref-groups';

const limit = 30;
const shownBackups = 20;
const shownOutcomes = { page: 1, limit: 1000 };

/** Runs as a list and a chart, one of them opened. Raises mirror_not_found, run_not_found. */
export async function showHistory(panel: Panel, request: Request, response: Response): Promise<void> {
  const context = await openContext(panel, request);
  // First: a page that calls itself newer than what stands on it would never be loaded again.
  const { now, state } = await loadProject(panel, context);
  const mirror = await mirrorOf(panel, context);
  const { store } = panel.deps;
  const page = pageNumber(request);
  const kept = request.query['kept'] === undefined ? null : pageNumber(request, 'kept');
  const [runs, backups] = await Promise.all([
    store.runs(mirror.id, { page, limit }),
    store.backups(mirror.id, { page: kept ?? 1, limit: shownBackups }),
  ]);
  const mayChange = context.caller.admin && context.staleSince === null;
  const wanted = request.query['run'];
  const open = wanted === undefined ? null : await openRun(panel, mirror, wanted);
  const view = viewHistory(
    {
      address: mirror.url,
      runs: withRun(runs.items, open?.run ?? null),
      total: runs.total,
      page,
      limit,
      open,
      mayChange,
      busy: mirror.activeRunId !== null,
      context: contextFor(context, parseUpstreamUrl(mirror.url).url),
    },
    context.links,
  );
  const keptValues = viewBackups(
    {
      backups: backups.items,
      total: backups.total,
      page: kept,
      limit: shownBackups,
      asked: request.query['open'],
      divergence: mirror.options.divergence,
      mayChange,
    },
    context.links,
  );
  const utc = { local: false };
  const chart =
    view.chart === null
      ? null
      : {
          ...view.chart,
          from: sayDay(view.chart.from, now, utc),
          to: sayDay(view.chart.to, now, utc),
          hasOpen: open !== null,
          hasFailed: view.chart.times.some(({ look }) => look === 'f'),
        };
  showPage(panel, request, response, {
    page: {
      template: 'history',
      title: history.title,
      heading: pages.title,
      banners: saidBanner(request),
      live: context.staleSince === null ? { events: context.links.events, poll: context.links.state } : null,
      state,
    },
    model: { links: context.links, history: { ...view, chart, backups: keptValues } },
    forge: context.forge,
    csrf: context.csrf,
    now,
  });
}

/** What the next update would do. Looked at again every second or so until it is known. */
export async function showPreview(panel: Panel, request: Request, response: Response): Promise<void> {
  const context = await openContext(panel, request);
  // As with the history.
  const { now, state } = await loadProject(panel, context);
  const mirror = await mirrorOf(panel, context);
  const { store } = panel.deps;
  const run = await findRun(store, mirror, request.params['id']);
  const outcomes = await store.runOutcomes(run.id, shownOutcomes);
  const looking = run.status === 'queued' || run.status === 'running';
  const failure =
    run.error === null ? null : explainFailure(run.error, contextFor(context, parseUpstreamUrl(mirror.url).url));
  const does = run.counts === null ? '' : planWords(wordsOf(run.counts));
  showPage(panel, request, response, {
    page: {
      template: 'preview',
      title: preview.title,
      heading: pages.title,
      refresh: looking ? 2 : null,
      live: looking ? { events: context.links.events, poll: context.links.state } : null,
      state,
    },
    model: {
      links: context.links,
      preview: {
        title: preview.of(mirror.url),
        looking,
        summary: failure?.why ?? (does === '' ? say`${preview.nothing}` : say`${preview.would(does)}`),
        advice: failure?.advice ?? null,
        groups: groupOutcomes(outcomes.items, 12, 0),
      },
      foot: looking
        ? null
        : [
            action('post', buttons.update, context.links.act('update'), { look: does === '' ? 'plain' : 'primary' }),
            action('post', preview.again, context.links.act('plan')),
            action('go', buttons.close, context.links.settings),
          ],
    },
    forge: context.forge,
    csrf: context.csrf,
    now,
  });
}

function wordsOf(counts: NonNullable<Run['counts']>) {
  return {
    deleted: counts.deleted,
    replaced: counts.forced,
    created: counts.created,
    moved: counts.fast_forwarded,
    left: counts.diverged + counts.rejected,
  };
}

/** Raises project_not_found for whoever may not change the project, mirror_not_found. */
export async function mirrorOf({ deps }: Panel, { caller }: PanelContext): Promise<Mirror> {
  if (!caller.admin) throw new HeadwaterError('project_not_found');
  const mirror = await deps.store.mirrorOfProject(caller.project.id);
  if (mirror === null) throw new HeadwaterError('mirror_not_found');
  return { ...mirror, fullName: `${caller.project.owner}/${caller.project.name}` };
}

async function openRun({ deps }: Panel, mirror: Mirror, id: unknown) {
  const run = await findRun(deps.store, mirror, id);
  const outcomes = await deps.store.runOutcomes(run.id, shownOutcomes);
  return { run, outcomes: outcomes.items, total: outcomes.total };
}

/** A run of another page that was asked for by name stands at the end. */
function withRun(runs: readonly Run[], open: Run | null): readonly Run[] {
  return open === null || runs.some((run) => run.id === open.id) ? runs : [...runs, open];
}

function pageNumber(request: Request, name = 'page'): number {
  const page = request.query[name];
  return typeof page === 'string' && /^[1-9]\d{0,4}$/.test(page) ? Number(page) : 1;
}
