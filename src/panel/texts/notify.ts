import { moment, say, type Rich } from './rich';

/** Whom a mirror tells of what happens to it. */
export const notify = {
  legend: 'Tell people',
  issue: 'Open an issue here when the mirror is paused',
  issueHelp: 'It is closed when the mirror works again.',
  url: 'Send messages to this address',
  urlHelp: 'Signed messages of updates, failures and pauses. Their secret is shown once, after saving.',
  placeholder: 'https://chat.example.org/hooks/mirror',
  urlInvalid: 'This address can’t be used. Use one that starts with https:// and that your admin allows.',
  renew: 'Make a new secret',
  secretTitle: 'Secret of the messages',
  secretText: (host: string): Rich =>
    say`Messages to ${host} are signed with it, as Standard Webhooks say. Copy it now; it is not shown again.`,
  bothSign: say`For a day messages are signed with the one before as well.`,
  lastMessage: (at: number, how: string): Rich => say`Last message: ${how}, ${moment(at)}.`,
  lastIssue: (at: number, how: string): Rich => say`Last issue: ${how}, ${moment(at)}.`,
  arrived: 'arrived',
  written: 'written',
  failedWith: (status: number): string => `the other side answered ${status}`,
  failed: 'it did not arrive',
  again: say`It is tried again.`,
} as const;
