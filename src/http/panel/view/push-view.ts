import { showRemoteText } from '../../../domain/redact';
import { parseUpstreamUrl } from '../../../domain/upstream-url';
import { buttons, facts, questions } from '../../../panel/texts/actions';
import { advice, failures } from '../../../panel/texts/failures';
import { pushes } from '../../../panel/texts/pushes';
import { code, moment, say, type Rich } from '../../../panel/texts/rich';
import { badges, type Badge } from '../../../panel/texts/states';
import { everyWords, sayBranchFilter } from '../../../panel/texts/summary';
import type { PushMirror } from '../../../ports/push-mirrors';
import { action, type Action } from './action';
import { viewKey, type KeyView } from './key-view';
import type { Box, PanelLinks } from './panel-links';
import { otherSideOf, type OtherSide } from './pull-input';
import type { FactView } from './pull-view';

/** A push mirror of the forge as it stands on the screen: two lines when all is well. */
export interface PushView {
  readonly id: string;
  readonly address: string;
  readonly page: string | null;
  readonly badge: Badge;
  readonly why: Rich | null;
  readonly advice: Rich | null;
  readonly facts: readonly FactView[];
  readonly actions: readonly Action[];
  readonly key: KeyView | null;
  /** Delete asks in place. */
  readonly asks: boolean;
  readonly question: (typeof questions)['deletePush'];
}

/** `open`: the box that stands open, and of which one. */
export function viewPush(
  mirror: PushMirror,
  links: PanelLinks,
  open: { readonly box: Box; readonly push: string } | null,
  mayChange: boolean,
): PushView {
  const other = otherSide(mirror.url);
  const box = open?.push === mirror.name ? open.box : null;
  const failure = mirror.lastError === null ? null : explain(mirror.lastError, other);
  const badge = failure !== null ? badges.failed : mirror.lastUpdateAt === null ? badges.waiting : badges.fine;
  const opens = (what: Box, label: string, look: Action['look'] = 'plain') =>
    action('open', label, links.open(what, mirror.name), {
      of: other.name,
      expanded: box === what,
      look: box === what ? 'plain' : look,
    });
  return {
    id: mirror.name,
    address: mirror.url,
    page: other.page,
    badge,
    why: failure?.why ?? null,
    // What stands open below says it at length.
    advice: failure === null || (failure.needsKey && box === 'key') ? null : failure.advice,
    facts: [
      {
        name: facts.attempt,
        value: mirror.lastUpdateAt === null ? say`${facts.never}` : say`${moment(mirror.lastUpdateAt)}`,
      },
      {
        name: facts.runs,
        value: say`${facts.pushRuns(mirror.syncOnCommit, mirror.intervalMs > 0 ? everyWords(mirror.intervalMs) : null)}`,
      },
      ...(mirror.branchFilter === null
        ? []
        : [{ name: facts.branches, value: say`${code(showRemoteText(sayBranchFilter(mirror.branchFilter)))}` }]),
    ],
    actions: [
      ...(mirror.publicKey === null
        ? []
        : [opens('key', buttons.showKey, failure?.needsKey === true ? 'primary' : 'plain')]),
      ...(mayChange ? [opens('delete', buttons.delete)] : []),
    ],
    key:
      mirror.publicKey !== null && box === 'key'
        ? viewKey(mirror.publicKey, other, { write: true, first: false })
        : null,
    asks: mayChange && box === 'delete',
    question: questions.deletePush,
  };
}

interface PushFailure {
  readonly why: Rich;
  readonly advice: Rich;
  readonly needsKey: boolean;
}

/** The forge keeps git's own words, and nothing else tells what happened. */
function explain(words: string, { host, repository }: OtherSide): PushFailure {
  const failure = (why: Rich, what: Rich, needsKey = false): PushFailure => ({ why, advice: what, needsKey });
  if (/publickey|host key verification/i.test(words))
    return failure(failures.key(host), advice.keyWrite(repository), true);
  if (/authentication failed|could not read (username|password)|invalid (credentials|username)/i.test(words))
    return failure(failures.credentials(host), pushes.credentialsAdvice);
  if (/\b403\b|denied|forbidden|protected branch|pre-receive/i.test(words))
    return failure(pushes.denied(host), pushes.deniedAdvice);
  if (/not found|does not exist|\b404\b/i.test(words)) return failure(failures.notFound(host), advice.notFound);
  if (/could not resolve host/i.test(words)) return failure(failures.noSuchHost(host), advice.noSuchHost);
  if (/timed out|timeout/i.test(words)) return failure(failures.silent(host, null), advice.serverUp);
  return failure(pushes.failed(showRemoteText(words)), pushes.failedAdvice);
}

/** The forge may keep addresses that we would not take. */
function otherSide(address: string): OtherSide {
  try {
    parseUpstreamUrl(address);
    return otherSideOf(address);
  } catch {
    const shown = showRemoteText(address);
    return { host: shown, repository: shown, name: shown, page: null };
  }
}
