import type { Request, Response } from 'express';
import { buttons } from '../../panel/texts/actions';
import { pages } from '../../panel/texts/pages';
import { loadProject } from './load-project';
import { openContext, type Panel } from './panel-context';
import { emptySettings } from './settings-model';
import { showPage } from './show-page';
import { action } from './view/action';
import { asOf, stateTime } from './view/as-of';
import { viewPull, type PullView } from './view/pull-view';

/** The repository tab: how the project's mirrors are, for everybody who may see the project. Nothing to press. */
export async function showStatus(panel: Panel, request: Request, response: Response): Promise<void> {
  const context = await openContext(panel, request);
  const { caller, forge, links, csrf, staleSince } = context;
  const loaded = await loadProject(panel, context);
  const at = staleSince === null ? null : stateTime(staleSince, loaded.mirror);
  const shown = (pull: PullView) => (at === null ? pull : asOf(pull, at, forge.name));
  const pull =
    loaded.pull === null
      ? null
      : {
          ...shown(viewPull(loaded.pull, links, null)),
          actions: [],
          held: null,
          hostKeys: null,
          key: null,
          keyChange: null,
          ...(caller.admin ? {} : { advice: null, warning: null }),
        };
  const running = pull !== null && pull.live !== null;
  showPage(panel, request, response, {
    page: {
      template: 'settings',
      title: pages.tabTitle,
      refresh: running ? 10 : at === null ? null : 30,
      headAction: caller.admin ? action('go', pages.tab.settings, links.settings) : null,
      banners:
        at === null ? [] : [{ tone: 'care', icon: 'cloud', text: pages.forgeDown(forge.name, at), alert: false }],
      state: loaded.state,
    },
    model: {
      ...emptySettings,
      intro: pull === null ? pages.tab.none : null,
      pull,
      foot: caller.admin && pull !== null ? [action('go', buttons.history, links.history)] : null,
      links,
    },
    forge,
    csrf,
    now: loaded.now,
  });
}
