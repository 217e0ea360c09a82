import { clock, code, say, type Rich } from './rich';
import { count, duration } from './numbers';
import { pushes } from './pushes';

const tellAdmin = (runId: string | null): Rich =>
  runId === null
    ? say`If it happens again, tell your admin.`
    : say`If it happens again, tell your admin the number ${code(runId)}.`;

/** What happened, one sentence with the host as its subject. */
export const failures = {
  credentials: (host: string): Rich => say`${host} refused the username or password.`,
  credentialsMissing: (host: string): Rich => say`${host} asks for a username and password.`,
  tokenExpired: (host: string, day: string | null): Rich =>
    day === null ? say`The token for ${host} has expired.` : say`The token for ${host} expired on ${day}.`,
  tokenExpiring: (host: string, day: string | null): Rich =>
    day === null ? say`The token for ${host} expires soon.` : say`The token for ${host} expires on ${day}.`,
  tokenSoon: (host: string, days: number): Rich =>
    say`The token for ${host} expires ${days < 1 ? 'within a day' : `in ${count(days, 'day')}`}.`,
  forbidden: (host: string): Rich => say`${host} does not let this account read the repository.`,
  secretUnreadable: say`The stored password can no longer be read.`,
  key: (host: string): Rich => say`${host} did not accept this mirror’s key.`,
  ssh: (host: string): Rich => say`${host} and this mirror found no common way to talk over SSH.`,
  tls: (host: string, why: string | null): Rich =>
    why === null
      ? say`${host} has a certificate that can’t be trusted.`
      : say`${host} has a certificate that can’t be trusted: ${why}.`,
  notFound: (host: string): Rich => say`${host} has no repository at this address.`,
  moved: (host: string, target: string | null): Rich =>
    target === null
      ? say`${host} says that the repository is somewhere else.`
      : say`${host} says that the repository is at ${code(target)} now.`,
  noSuchHost: (host: string): Rich => say`There is no server named ${host}.`,
  notAllowed: (host: string): Rich => say`Your admin does not allow mirroring from ${host}.`,
  notAllowedTo: (host: string): Rich => say`Your admin does not allow mirroring to ${host}.`,
  schemeNotAllowed: (scheme: string): Rich => say`Your admin does not allow mirroring over ${scheme}.`,
  rateLimit: (host: string, until: number | null): Rich =>
    until === null ? say`${host} asks us to slow down.` : say`${host} asks us to wait until ${clock(until)}.`,
  silent: (host: string, seconds: number | null): Rich =>
    seconds === null
      ? say`${host} did not answer in time.`
      : say`${host} did not answer within ${count(seconds, 'second')}.`,
  unreachable: (host: string): Rich => say`${host} can’t be reached.`,
  unavailable: (host: string): Rich => say`${host} answered with an error of its own.`,
  refusedThere: (host: string): Rich => say`${host} refused to send the repository.`,
  corrupt: (host: string): Rich => say`${host} sent damaged data.`,
  changed: (host: string): Rich => say`The repository at ${host} changed while it was being fetched.`,
  empty: (host: string): Rich => say`The repository at ${host} has no branches and no tags.`,
  sha256: (host: string): Rich => say`The repository at ${host} uses SHA-256, which this forge can’t take.`,
  tooLarge: (host: string): Rich => say`The repository at ${host} is larger than your admin allows.`,
  refusedHere: (branch: string, rule: string | null): Rich =>
    rule === null
      ? say`This project refused ${code(branch)}: one of its rules forbids it.`
      : say`This project refused ${code(branch)}: its rule “${rule}” forbids it.`,
  refusedHereBy: (branch: string, why: string | null): Rich =>
    why === null ? say`This project refused ${code(branch)}.` : say`This project refused ${code(branch)}: ${why}`,
  nameClash: (branch: string): Rich =>
    say`${code(branch)} can’t stand beside a branch with a similar name in this project.`,
  quota: say`This project’s space is used up.`,
  cutShort: (afterMs: number | null): Rich =>
    afterMs === null
      ? say`The last run was interrupted.`
      : say`The last run was interrupted and ended after ${duration(afterMs)}.`,
  stopped: (name: string | null): Rich =>
    name === null ? say`The last run was stopped.` : say`${name} stopped the last run.`,
  overtaken: say`The last run gave way to a change of this mirror.`,
  forgeDown: (forge: string): Rich => say`${forge} did not answer.`,
  forgeFailed: (forge: string): Rich => say`${forge} answered with an error.`,
  pushFailed: (forge: string): Rich => say`Delivering to ${forge} broke off.`,
  tokenRefused: (forge: string): Rich => say`${forge} no longer lets Headwater sign in.`,
  projectMissing: say`Headwater can’t see this project.`,
  pushDenied: say`Headwater may not push to this project.`,
  defaultBranchDenied: (branch: string | null): Rich =>
    branch === null
      ? say`Headwater may not change the default branch of this project.`
      : say`Headwater may not make ${code(branch)} the default branch of this project.`,
  rulesDenied: say`Headwater may not read which branches are protected in this project.`,
  transferred: say`This project has a new owner, so nothing was pushed to it.`,
  rightRevoked: (name: string): Rich => say`${name}, who set this mirror up, is no admin of this project any more.`,
  madePublic: say`This project was made public, so everybody may see what is mirrored from a place that asks for a password or key.`,
  mayNot: say`Your admin does not let you set up mirrors in this project.`,
  mayNotPush: pushes.notAllowed,
  tooMany: (most: string): Rich => say`Your admin allows ${most} mirrors here, and there are as many already.`,
  archived: say`This project is archived, so nothing can be delivered.`,
  nativeMirror: (forge: string): Rich => say`${forge} updates this project itself, so nobody can push to it.`,
  diskFull: say`Headwater has no disk space left.`,
  lfsServer: (host: string): Rich => say`${host} keeps large files, and its LFS server can’t be used.`,
  lfsTooMany: (host: string): Rich => say`The repository at ${host} has more LFS files than your admin allows.`,
  ours: say`Something went wrong in Headwater.`,
} as const;

/** What to do about it, one sentence. */
export const advice = {
  credentials: say`Enter a new password or token. A token may have expired, or may not be allowed to read this repository.`,
  newTokenBefore: say`Make a new one and enter it before then.`,
  newToken: say`Make a new token there and enter it as the password. Nothing else has to change.`,
  credentialsMissing: say`Enter the username and a password or token that may read this repository.`,
  forbidden: say`Give the account the right to read there, or enter another one.`,
  secretUnreadable: say`Enter it again. Your admin may have changed the key that seals it.`,
  key: (repo: string): Rich => say`Add the key to ${repo} there.`,
  keyWrite: (repo: string): Rich => say`Add the key to ${repo} there, with write access.`,
  ssh: say`Check that the address and the port are those of an SSH server, and that it is not outdated.`,
  tls: say`Ask whoever runs that server to renew it, or your admin to trust its issuer.`,
  notFound: say`Check the address. Without the right to read it, a private repository looks the same.`,
  moved: say`If you trust that place, change the address.`,
  noSuchHost: say`Check the address for a typing mistake.`,
  notAllowed: say`Use another address, or ask your admin to allow it.`,
  rightRevoked: say`An admin of this project has to confirm the mirror.`,
  madePublic: say`Make the project private again, or open Edit and save the mirror to confirm it.`,
  askAdmin: say`Ask your admin.`,
  fewer: say`Delete a mirror that nobody needs, or ask your admin for more.`,
  rateLimit: say`Nothing to do. Signing in with a token usually raises the limit.`,
  serverUp: say`Check that the server is up and the address is right.`,
  askThere: say`If it lasts, ask whoever runs that server.`,
  corrupt: say`Tell whoever runs it; ${code('git fsck')} there finds the damage.`,
  nothing: say`Nothing to do.`,
  empty: say`Push something there, or check the address.`,
  sha256: say`Mirror a repository that uses SHA-1.`,
  tooLarge: say`Ask your admin to raise the limit.`,
  refusedHere: (account: string): Rich =>
    say`Allow ${code(account)} to push in that rule, or leave the branch out in the options.`,
  hook: (forge: string): Rich => say`Ask whoever runs ${forge} what it checks.`,
  nameClash: say`Rename or delete one of them.`,
  quota: say`Free some space, or ask your admin for more.`,
  forgeDown: say`Nothing to do. It is tried again as soon as it does.`,
  forgeFailed: say`Nothing to do. It goes on by itself when it is back.`,
  tellAdmin: say`Tell your admin.`,
  tokenRefused: say`Tell your admin. It is tried again as soon as Headwater may sign in.`,
  addAccount: (account: string): Rich =>
    say`Add ${code(account)} to the collaborators of this project, with write access.`,
  makeAdmin: (account: string): Rich =>
    say`Give ${code(account)} admin rights on this project, or choose the default branch yourself.`,
  rulesAdmin: (account: string): Rich =>
    say`Give ${code(account)} admin rights on this project, or choose the branches by a pattern.`,
  transferred: say`An admin of the new owner has to confirm the mirror.`,
  archived: say`Unarchive the project, or delete the mirror.`,
  nativeMirror: say`Convert it to a regular repository first.`,
  lfsServer: say`Check the password of this mirror, or switch LFS off in the options.`,
  ours: tellAdmin,
} as const;

/** Appended to a failure, as far as the run knows it. */
export const aftermath = {
  untouched: say`Nothing was changed here.`,
  partly: say`Part of the branches may have been updated before that.`,
};
