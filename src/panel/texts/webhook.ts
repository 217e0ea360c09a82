import { code, moment, outside, say, type Part, type Rich } from './rich';

/** The other repository tells of a push, so that nobody waits for the next run. */
export const webhook = {
  title: 'Update at once when something is pushed there:',
  off: 'off',
  on: 'on, not called yet',
  onSince: (at: number): Rich => say`on, last called ${moment(at)}`,
  intro: say`The other repository can tell Headwater of each push by a webhook. Without one, changes arrive with the next run.`,
  make: 'Make a webhook',
  address: 'Address of the webhook',
  secret: 'Its secret',
  once: 'Copy it now; it is not shown again.',
  hidden: say`The secret was shown when it was made.`,
  both: say`The secret before it is valid until the new one has been used.`,
  where: 'Where to enter them',
  renew: 'Make a new secret',
  removeFold: 'Take it away',
  removeText: say`Nothing answers at this address any more. Delete the webhook there, too. Updates by the schedule go on.`,
  remove: 'Take the webhook away',
} as const;

interface HookPlace {
  readonly name: string;
  /** The menu that leads there, where no link can. */
  readonly menu: string;
  readonly steps: Rich;
}

const json = code('application/json');

/** What to enter, by the names of each host's own form. */
export const hookPlaces = {
  github: {
    name: 'GitHub',
    menu: 'Settings → Webhooks',
    steps: say`“Payload URL” is the address, “Content type” is ${json}, “Secret” is the secret. Choose “Just the push event”.`,
  },
  gitlab: {
    name: 'GitLab',
    menu: 'Settings → Webhooks',
    steps: say`“URL” is the address, “Secret token” is the secret. Choose “Push events” and “Tag push events”.`,
  },
  gitea: {
    name: 'Gitea',
    menu: 'Settings → Webhooks',
    steps: say`“Target URL” is the address, “Content type” is ${json}, “Secret” is the secret. Choose “Push events”.`,
  },
  forgejo: {
    name: 'Forgejo',
    menu: 'Settings → Webhooks',
    steps: say`“Target URL” is the address, “Content type” is ${json}, “Secret” is the secret. Choose “Push events”.`,
  },
  bitbucket: {
    name: 'Bitbucket',
    menu: 'Repository settings → Webhooks',
    steps: say`“URL” is the address, “Secret” is the secret. Choose the trigger “Repository push”.`,
  },
  other: {
    name: 'Anything else',
    menu: '',
    steps: say`Send a POST to the address after each push, with the header ${code('Authorization: Bearer <secret>')}.`,
  },
} as const satisfies Record<string, HookPlace>;

/** "Settings → Webhooks" as a link straight to it. */
export const hookMenu = (menu: string, page: string): Part => outside(menu, page);
