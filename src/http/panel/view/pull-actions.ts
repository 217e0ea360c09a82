import type { HostKey } from '../../../domain/mirror-ssh';
import { buttons } from '../../../panel/texts/actions';
import { guards } from '../../../panel/texts/guards';
import { action, type Action } from './action';
import type { Box, PanelLinks } from './panel-links';
import { otherSideOf, type PullInput } from './pull-input';
import type { MainAction, PullState } from './pull-state';

/** The buttons of a pull mirror: first the one that mends it, then the others in a fixed order. */
export function pullActions(input: PullInput, state: PullState, links: PanelLinks, open: Box | null): Action[] {
  const { mirror } = input;
  const of = otherSideOf(mirror.url).name;
  const opens = (box: Box, label: string) => action('open', label, links.open(box), { of, expanded: open === box });
  const posts = (what: string, label: string) => action('post', label, links.act(what), { of });

  const main = state.main === null ? null : mainAction(state.main, input, links, open);
  const canUpdate =
    state.kind === 'idle' || state.kind === 'waiting' || state.main === 'update' || pausedByFailures(input);
  const others: (Action | null)[] =
    state.kind === 'running'
      ? [opens('delete', buttons.delete)]
      : [
          canUpdate && state.kind !== 'waiting' ? posts('update', buttons.update) : null,
          state.kind === 'held' || state.kind === 'hostKey' ? posts('check', buttons.checkAgain) : null,
          state.kind === 'waiting' && input.activeRun !== null ? posts('stop', buttons.stop) : null,
          mirror.lastFinishedAt === null ? null : action('go', buttons.history, links.history, { of }),
          state.kind === 'idle' ? posts('plan', buttons.preview) : null,
          opens('edit', buttons.edit),
          state.kind === 'idle' || state.kind === 'held' ? posts('pause', buttons.pause) : null,
          opens('delete', buttons.delete),
        ];
  const rest = others.filter((each) => each !== null).filter((each) => each.label !== main?.label);
  return main === null ? rest : [main, ...rest];
}

function pausedByFailures({ mirror }: PullInput): boolean {
  return mirror.enabled && mirror.pause?.reason === 'failures';
}

/** What the server showed in place of a confirmed key; the newest first. */
export function newHostKeys({ mirror }: Pick<PullInput, 'mirror'>): readonly HostKey[] {
  const confirmed = mirror.ssh?.hostKeys ?? [];
  return (mirror.ssh?.seenHostKeys ?? []).filter((key) => confirmed.every((known) => known.key !== key.key));
}

/** Primary, unless what it opens stands open already, or it costs trust. */
function mainAction(main: MainAction, input: PullInput, links: PanelLinks, open: Box | null): Action | null {
  const { mirror, forge } = input;
  const of = otherSideOf(mirror.url).name;
  // A form that stands open has a primary button of its own.
  const look = open === 'edit' || open === 'password' || open === 'add' ? 'plain' : 'primary';
  const opens = (box: Box, label: string) =>
    action('open', label, links.open(box), { of, expanded: open === box, look: open === box ? 'plain' : look });
  switch (main) {
    case 'update':
      return action('post', buttons.update, links.act('update'), { of, look });
    case 'password':
      return opens('password', mirror.sealedPassword === null ? buttons.enterPassword : buttons.replacePassword);
    case 'key':
      return opens('key', buttons.showKey);
    case 'edit':
      return opens('edit', buttons.edit);
    case 'rule':
      return action('leave', buttons.openRule, links.forge.branchRules, { of, look });
    case 'collaborators':
      return action('leave', buttons.openCollaborators, `${forge.url}/${mirror.fullName}/settings/collaboration`, {
        of,
        look,
      });
    case 'resume':
      return action('post', buttons.resume, links.act('resume'), { of, look });
    case 'confirm':
      return action('post', buttons.confirmMirror, links.act('resume'), { of, look });
    case 'keyAdded':
      return action('post', buttons.keyAdded, links.act('resume'), { look });
    case 'showThem':
      return action('go', buttons.showThem, links.history, { of, look });
    case 'stop':
      return action('post', buttons.stop, links.act('stop'), { of });
    case 'acceptHostKey': {
      const [seen] = newHostKeys(input);
      if (seen === undefined) return null;
      return action('post', guards.acceptHostKey, links.act('accept-key'), {
        of,
        fields: { fingerprint: seen.fingerprint },
      });
    }
    case 'confirmHostKeys':
    case 'none':
      return null;
  }
}
