import { clock, code, link, outside, say, strong, type Rich } from './rich';

/** What stands above and in place of the lists. `forge` is the forge's own name. */
export const pages = {
  title: 'Mirroring repositories',
  tabTitle: 'Mirrors',
  signedOut: {
    title: say`${strong('Sign in to see and change mirrors.')}`,
    text: say`You come back to this page afterwards.`,
    elsewhere: say`Your browser keeps sign-ins out of frames of another site, so mirrors open as a page of their own.`,
    button: (forge: string): string => `Sign in with ${forge}`,
  },
  noRight: {
    title: (repo: string): Rich => say`${strong(`Only admins of ${repo} can change its mirrors.`)}`,
    text: (owner: string, href: string): Rich =>
      say`You see their state on the ${link('Mirrors tab', href)}. Ask an owner of ${owner} for more.`,
  },
  notThere: {
    title: (repo: string): Rich => say`${strong(`There is no project ${repo}, or you may not see it.`)}`,
    text: say`Check the address, or sign in with another account.`,
  },
  native: {
    title: (forge: string): Rich => say`${strong(`This project is a read-only mirror that ${forge} updates itself.`)}`,
    why: (forge: string): Rich =>
      say`Nobody can push to it, so Headwater can’t deliver here. ${forge}’s own settings for it stay available below.`,
    how: say`To have webhooks, Actions, branch rules and your own branches work as in any project, make it a regular project and mirror into that:`,
    convert: (forge: string, href: string): Rich =>
      say`${outside('Open “Convert to regular repository”', href)} in the danger zone of this page and confirm. Branches, tags, issues and releases stay; ${forge} stops updating them. This can’t be turned back.`,
    comeBack: (address: string | null): Rich =>
      address === null
        ? say`Come back here and enter the address and the password again.`
        : say`Come back here. The address ${code(address)} will be filled in; you only enter the password again.`,
    button: 'Go to the conversion',
  },
  archived: {
    title: say`${strong('This project is archived.')}`,
    text: say`Nothing can be delivered to it, so no mirror can be added. Unarchive it first.`,
  },
  denied: say`${strong('Your admin does not let you set up mirrors in this project.')}`,
  forgeDown: (forge: string, at: number | null): Rich =>
    at === null
      ? say`${strong(`${forge} does not answer.`)} Mirrors can’t be shown or changed now. Runs wait and start by themselves when it is back. Next look in 30 seconds.`
      : say`${strong(`${forge} does not answer.`)} You see the state of ${clock(at)}; nothing can be changed now. Runs wait and start by themselves when it is back. Next look in 30 seconds.`,
  whenBack: (forge: string): string => `when ${forge} is back`,
  badgeAt: (word: string, at: number): Rich => say`${word} at ${clock(at)}`,
  loading: 'Loading mirrors',
  headwaterDown: say`${strong('Headwater does not answer.')} Mirrors can’t be shown or changed. If this lasts, tell your admin; ${code('headwater doctor')} names the cause.`,
  tab: {
    none: 'This project mirrors no other repository.',
    settings: 'Change mirrors in the settings',
  },
  said: {
    added: 'Added.',
    addedKey: 'Added. It starts when you say that its key is in place.',
    addedIgnored: 'Added. The name and password inside the address were ignored and not stored.',
    addedPush: 'Added. This project is sent there from now on.',
    saved: 'Saved.',
    deleted: 'The mirror is deleted. Branches, tags and LFS files are still here.',
    deletedPush: 'The push mirror is deleted.',
    started: 'The update starts.',
    queueDown: 'The update starts as soon as the queue is back.',
    paused: 'The mirror is paused.',
    resumed: 'The mirror goes on.',
    stopped: 'The run is stopped.',
    accepted: 'Accepted. The update starts.',
    kept: 'Set to keep what is deleted there. The update starts.',
    keyAccepted: 'The keys are confirmed. The update starts.',
    keysRead: 'The keys that the server shows now stand below.',
    confirmFirst: 'Confirm the server’s keys first.',
    keyMade: 'A new key is made. The old one is used until the new one has worked.',
    passwordSaved: 'The password is saved. The update starts.',
    passwordMissing: 'Enter a password or token.',
    pushStarted: 'All push mirrors are updated.',
    hookRemoved: 'The webhook is taken away. Nothing answers at its address any more.',
  },
  problem: {
    stale: 'The change is another one by now. Look at what stands below.',
    expired: 'This page was too old to act on. Nothing was changed; try again.',
    unknown: 'This did not work. Nothing was changed.',
  },
} as const;

export const newProject = {
  title: 'New mirrored project',
  intro: 'Makes a project here and keeps it in step with a repository elsewhere.',
  owner: 'Owner',
  ownerHelp: 'You, or an organization in which you may make projects.',
  name: 'Project name',
  visibility: 'Visibility',
  isPrivate: 'Make the project private',
  token: 'Your access token',
  tokenHelp: (forge: string, href: string): Rich =>
    say`Signing in lets Headwater read only, so that it can’t act in your name. To make a project, give it a token of yours that may write repositories and users (for an organization: organizations). It is used once and not kept. ${outside(`Make one in ${forge}`, href)}`,
  button: 'Create and mirror',
  again: 'Enter the token again.',
  nameInvalid: 'A name has letters, digits, dots, dashes and underscores.',
  exists: 'There is a project of this name already.',
  ownerDenied: 'The token may not make projects for this owner.',
  tokenMissing: 'Enter an access token.',
  tokenInvalid: 'The forge does not know this token.',
  tokenScope: 'This token may not make projects. It needs to write repositories and users, or organizations.',
} as const;
