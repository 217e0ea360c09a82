import { code, say, type Rich } from './rich';

/** "How mirroring works": what a maintainer wants to know before the first mirror, in short chapters. */
export const how = {
  title: 'How mirroring works',
  link: 'How mirroring works',
  chapters: (account: string): readonly { readonly title: string; readonly lines: readonly Rich[] }[] => [
    {
      title: 'What a pull mirror does',
      lines: [
        say`It brings branches and tags of another repository into this project, and keeps doing so. The project stays a normal one: people push to it, and its webhooks, Actions and branch rules work as for a push by anybody.`,
        say`Deliveries come from the account ${code(account)}. What it may push, the project decides.`,
      ],
    },
    {
      title: 'When it looks',
      lines: [
        say`By the clock, as the options say; at once with “Update now”; and at once after a push there, if the other repository has been given a webhook under “Edit”.`,
        say`A failed update is tried again. After several failures in a row the mirror is paused, and says so.`,
      ],
    },
    {
      title: 'What it never does unasked',
      lines: [
        say`A branch moves only forward. One that was changed here as well is left as it is and named, unless the options say to replace it, with or without a backup, or to open a pull request.`,
        say`What is deleted there stays here, unless the options say otherwise; then only what Headwater made and nobody changed since is deleted.`,
        say`If the other repository loses many branches at once, is empty, or has a new history, nothing is replaced or deleted until somebody accepts exactly that change.`,
      ],
    },
    {
      title: 'How to go back',
      lines: [
        say`Each run stands in the history with what became of every branch and tag, and can be undone. “Preview” shows what the next update would do and changes nothing.`,
      ],
    },
    {
      title: 'Passwords and keys',
      lines: [
        say`They are sealed on the server and never shown again. Give a token that may read only this one repository; for SSH, Headwater makes a key, and you add its public half there.`,
        say`The first time you see the keys of an SSH server, you confirm them. If they ever change, the mirror stops and asks.`,
      ],
    },
    {
      title: 'Push mirrors',
      lines: [
        say`They send this project elsewhere and are the forge’s own. The other repository becomes a copy: what exists only there is deleted there.`,
      ],
    },
  ],
} as const;
