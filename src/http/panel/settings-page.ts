import type { Request, Response } from 'express';
import { buttons } from '../../panel/texts/actions';
import { form as formTexts } from '../../panel/texts/forms';
import { pages } from '../../panel/texts/pages';
import type { ForgeProject } from '../../ports/forge';
import type { Secret } from '../../domain/credentials';
import type { Mirror } from '../../domain/mirror';
import { visibilityWarning } from '../../domain/project-visibility';
import { parseUpstreamUrl } from '../../domain/upstream-url';
import { addForm, editForm } from './forms';
import { loadProject, type LoadedProject } from './load-project';
import { loadPushes, maySetUp, noPushes, projectOf, type LoadedPushes } from './load-pushes';
import { archivedNote, deniedNote, nativeNote, noRightNote } from './notes';
import { openContext, type Panel, type PanelContext } from './panel-context';
import type { Banner } from './page';
import { saidBanner } from './said';
import { contextFor } from './failure-context';
import { publicPlace } from '../sign-in/public-place';
import { emptySettings, type SettingsModel } from './settings-model';
import { showPage } from './show-page';
import { action } from './view/action';
import { asOf, stateTime } from './view/as-of';
import { explainFailure } from './view/failure';
import { sentenceOf } from './view/failure-words';
import type { FormView } from './view/form-view';
import { viewHook, type HookView } from './view/hook-view';
import type { Box } from './view/panel-links';
import { viewPush } from './view/push-view';
import { viewPull } from './view/pull-view';

/** What a request adds to the page: a box that was opened, a form that was sent, news. */
export interface SettingsExtra {
  readonly open?: Box | null;
  readonly form?: FormView;
  readonly banners?: readonly Banner[];
  readonly status?: number;
  readonly once?: SettingsModel['once'];
  /** Of the webhook, to be shown this once. */
  readonly hookSecret?: Secret;
}

const boxes: readonly Box[] = ['add', 'edit', 'password', 'key', 'delete'];

/** The panel "Mirroring repositories". */
export async function showSettings(
  panel: Panel,
  request: Request,
  response: Response,
  extra: SettingsExtra = {},
): Promise<void> {
  const context = await openContext(panel, request);
  const { caller, forge, links, csrf } = context;
  const open = extra.open === undefined ? boxOf(request) : extra.open;
  const common = { template: 'settings', title: pages.title } as const;
  if (!caller.admin) {
    const note = noRightNote(context);
    return showPage(panel, request, response, {
      page: common,
      model: { ...emptySettings, links, note },
      forge,
      csrf,
      now: Date.now(),
      status: 403,
    });
  }

  const stale = context.staleSince !== null;
  // Asked together, since each of them may take its time.
  const side = stale ? null : askForge(panel, context);
  const [loaded, pushed] = await Promise.all([loadProject(panel, context), side?.pushed ?? noPushes]);
  const content = await contentOf(
    panel,
    context,
    { ...loaded, pushed, project: () => side?.project ?? null },
    open,
    extra,
  );
  const running = content.pull?.live !== null && content.pull !== null;
  showPage(panel, request, response, {
    page: {
      ...common,
      banners: [...downBanner(context, loaded), ...(extra.banners ?? saidBanner(request)), ...content.banners],
      headAction: content.headAction,
      // The answer to a form is not to be asked for again.
      refresh: request.method !== 'GET' ? null : running ? 10 : stale ? 30 : null,
      // The stream tells of the mirror that was there when it began: of another one there is another stream.
      live: stale ? null : { events: `${links.events}?of=${loaded.mirror?.id ?? 'none'}`, poll: links.state },
      state: loaded.state,
    },
    model: { ...content, links, once: extra.once ?? null, may: !stale },
    forge,
    csrf,
    now: loaded.now,
    ...(extra.status === undefined ? {} : { status: extra.status }),
  });
}

type Content = Omit<SettingsModel, 'once' | 'may'> & {
  readonly banners: readonly Banner[];
  readonly headAction: ReturnType<typeof action> | null;
};

const nothing: Content = { ...emptySettings, banners: [], headAction: null };

interface Loaded extends LoadedProject {
  readonly pushed: LoadedPushes;
  /** As Headwater's account sees it; null: it cannot. */
  readonly project: () => Promise<ForgeProject | null> | null;
}

function askForge(panel: Panel, context: PanelContext) {
  const project = projectOf(panel, context);
  // Whoever needs it hears of it.
  project.catch(() => undefined);
  return { project, pushed: loadPushes(panel, context, project) };
}

async function contentOf(
  panel: Panel,
  context: PanelContext,
  loaded: Loaded,
  open: Box | null,
  extra: SettingsExtra,
): Promise<Content> {
  const { forge, links, staleSince, request } = context;
  if (staleSince !== null) {
    const at = stateTime(staleSince, loaded.mirror);
    const pull = loaded.pull === null ? null : asOf(viewPull(loaded.pull, links, null), at, forge.name);
    return { ...nothing, pull, foot: [action('go', buttons.lookNow, links.settings)] };
  }
  const { pushed } = loaded;
  const pushes = pushesOf(pushed, context, open);
  const adding = extra.form?.kind === 'add' ? extra.form : null;
  if (loaded.pull !== null) {
    const editing = extra.form?.kind === 'edit' || (open === 'edit' && adding === null);
    const edit = editing ? (extra.form ?? editForm(panel, context, loaded.pull.mirror)) : null;
    const opened = open === 'add' && pushes.box === null;
    const form =
      adding ?? (opened && pushed.mayAdd ? addForm(panel, context, { pushed, pulls: true, over: true }) : null);
    const box = editing ? 'edit' : form !== null ? 'add' : opened || pushes.box !== null ? null : open;
    const pull = viewPull(loaded.pull, links, box);
    const offered = pushed.mayAdd || pushed.hindrance?.mendable === true;
    return {
      ...nothing,
      ...pushes,
      banners: visibilityBanner(loaded.pull.mirror, context),
      pull,
      editForm: edit,
      hook: editing ? hookOf(panel, loaded.pull.mirror, request, extra) : null,
      form,
      hindrance: opened && offered && form === null ? (pushed.hindrance?.why ?? null) : null,
      headAction: offered && form === null ? openAdd(context, buttons.addPush, opened) : null,
    };
  }
  const project = await loaded.project();
  if (project?.nativeMirror === true) return { ...nothing, note: nativeNote(context, project) };
  if (project?.archived === true) return { ...nothing, note: archivedNote() };
  const account = project === null || !project.canPush ? [accountBanner(context)] : [];
  const listed = pushed.mirrors.length > 0;
  if (adding === null && !listed && !maySetUp(context)) return { ...nothing, note: deniedNote() };
  const from = project?.originalUrl ?? null;
  const choice = { pushed, pulls: false, over: listed, from };
  const form = adding ?? (!listed || open === 'add' ? addForm(panel, context, choice) : null);
  return {
    ...nothing,
    ...pushes,
    intro: listed ? null : formTexts.intro,
    form,
    banners: account,
    headAction: listed && form === null ? openAdd(context, buttons.addMirror, false) : null,
  };
}

/** Opens the form that adds, or says why there is none. */
function openAdd({ links }: PanelContext, label: string, expanded: boolean): Content['headAction'] {
  return action('open', label, links.open('add'), { expanded });
}

function hookOf({ deps }: Panel, mirror: Mirror, request: Request, { hookSecret }: SettingsExtra): HookView {
  const open = hookSecret !== undefined || request.query['part'] === 'webhook';
  return viewHook(mirror, publicPlace(deps.publicUrl()).url, { open, secret: hookSecret?.reveal() ?? null });
}

function pushesOf(
  { mirrors, mayChange, note }: LoadedPushes,
  { links, request }: PanelContext,
  open: Box | null,
): Pick<Content, 'pushes' | 'updateAll' | 'pushNote'> & { readonly box: Box | null } {
  const { push } = request.query;
  const box = open !== null && typeof push === 'string' ? { box: open, push } : null;
  return {
    pushes: mirrors.map((mirror) => viewPush(mirror, links, box, mayChange)),
    updateAll: mayChange && mirrors.length > 0 ? action('post', buttons.updateAll, links.act('push/update')) : null,
    pushNote: note,
    box: box?.box ?? null,
  };
}

function boxOf(request: Request): Box | null {
  return boxes.find((box) => box === request.query['open']) ?? null;
}

function downBanner({ forge, staleSince }: PanelContext, { mirror }: LoadedProject): readonly Banner[] {
  if (staleSince === null) return [];
  const text = pages.forgeDown(forge.name, stateTime(staleSince, mirror));
  return [{ tone: 'care', icon: 'cloud', text, alert: false }];
}

/** Told until somebody mends or confirms it. */
function visibilityBanner(mirror: Mirror, context: PanelContext): readonly Banner[] {
  const warning = visibilityWarning(mirror);
  if (warning === null) return [];
  const failure = explainFailure(warning, contextFor(context, parseUpstreamUrl(mirror.url).url));
  return [{ tone: 'care', icon: 'alert', text: sentenceOf(failure), alert: false }];
}

function accountBanner({ forge, links }: PanelContext): Banner {
  const text = formTexts.accountMissing(forge.account, links.forge.collaborators);
  return { tone: 'care', icon: 'alert', text, alert: false };
}
