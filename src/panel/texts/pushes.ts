import { code, outside, say, type Rich } from './rich';

/** What push mirrors say beyond what pull mirrors say. */
export const pushes = {
  failed: (words: string): Rich => say`The last push failed: ${words}`,
  failedAdvice: say`If it lasts, ask whoever runs that server, or delete the push mirror and add it again.`,
  denied: (host: string): Rich => say`${host} refused the push.`,
  deniedAdvice: say`The account there must be allowed to write; delete this push mirror and add it with another one.`,
  credentialsAdvice: say`Delete this push mirror and add it again with a new password or token.`,
  mayNot: (account: string, href: string): Rich =>
    say`To add, update or delete push mirrors here, make ${code(account)} an admin of this project under ${outside('Settings → Collaborators', href)}.`,
  mayNotAdd: (account: string, href: string): Rich =>
    say`To push from this project, make ${code(account)} an admin of it under ${outside('Settings → Collaborators', href)}. Push mirrors are the forge’s own, and only admins may add them.`,
  notAllowed: say`Your admin does not allow push mirrors.`,
  unknown: (forge: string): Rich => say`${forge} did not say just now whether this project can push.`,
  disabled: (forge: string): Rich => say`Push mirrors are switched off in this ${forge}.`,
} as const;
