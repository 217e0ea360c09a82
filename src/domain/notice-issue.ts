import type { Mirror } from './mirror';
import type { PauseReason } from './pause';

/** What an issue of a mirror is found by again. */
export function issueMark(mirrorId: string): string {
  return `<!-- headwater:${mirrorId} -->`;
}

const reasons: Readonly<Record<PauseReason, string>> = {
  failures: 'Too many updates failed one after another.',
  host_key: 'The upstream shows a host key that nobody has confirmed.',
  archived: 'The project is archived, so nothing can be pushed to it.',
  person: 'Somebody paused it.',
  right_revoked: 'Whoever set it up is no admin of the project any more; another one has to say that it is to go on.',
  owner_changed: 'The project has a new owner, who has not said yet that it is to go on.',
};

/** The issue that tells of a pause, in Markdown. `link`: where to look at the mirror and wake it. */
export function pauseIssue(mirror: Mirror, link: string): { readonly title: string; readonly body: string } {
  const { pause, lastError } = mirror;
  const isFailure = pause?.reason === 'failures' || pause?.reason === 'host_key';
  const why =
    isFailure && lastError !== null ? `${lastError.message} ${lastError.advice}` : reasons[pause?.reason ?? 'failures'];
  const lines = [
    `Pull mirroring of this project stands still. ${plainMarkdown(why)}`,
    `[Look at the mirror and wake it](${link})`,
    'This issue is closed when the mirror works again.',
    issueMark(mirror.id),
  ];
  return { title: 'Pull mirroring is paused', body: lines.join('\n\n') };
}

export const recoveryComment = 'Pull mirroring works again.';

/** Text from elsewhere, so that it links to nobody's issue and mentions nobody. */
function plainMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+!|@~&]/g, '\\$&');
}
