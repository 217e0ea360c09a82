/** What is written on buttons. Verbs; they name their object when they destroy. */
export const buttons = {
  update: 'Update now',
  history: 'History',
  preview: 'Preview',
  edit: 'Edit',
  pause: 'Pause',
  resume: 'Resume',
  stop: 'Stop',
  delete: 'Delete',
  confirmMirror: 'Confirm mirror',
  replacePassword: 'Replace password',
  enterPassword: 'Enter password',
  showKey: 'Show key',
  keyAdded: 'I added it, update now',
  showThem: 'Show them',
  openRule: 'Open the rule',
  openCollaborators: 'Open collaborators',
  checkAgain: 'Check again',
  lookNow: 'Look now',
  cancel: 'Cancel',
  close: 'Close',
  add: 'Add mirror',
  addAndKey: 'Add mirror and make a key',
  addMirror: 'Add mirror',
  addPush: 'Add push mirror',
  addPushAndKey: 'Add push mirror and make a key',
  test: 'Test connection',
  save: 'Save',
  saveAndUpdate: 'Save and update now',
  updateAll: 'Update all',
  rotate: 'Make a new key',
  confirmKeys: 'Confirm and update now',
  tryAgain: 'Try again',
} as const;

/** Questions asked in place before something is taken away. */
export const questions = {
  deletePull: {
    title: 'Delete this mirror?',
    text: {
      none: 'Branches, tags and LFS files stay in this project. Its history is erased.',
      password: 'Branches, tags and LFS files stay in this project. Its password and history are erased.',
      key: 'Branches, tags and LFS files stay in this project. Its key and history are erased.',
    },
    button: 'Delete mirror',
  },
  deletePush: {
    title: 'Delete this push mirror?',
    text: 'The other repository stays as it is. Its password or key is erased here.',
    button: 'Delete push mirror',
  },
} as const;

export const passwordBox = {
  title: 'New password',
  replaces: 'Replaces the stored one. Nothing else changes.',
} as const;

/** Times of a mirror. */
export const facts = {
  attempt: 'Last attempt',
  success: 'Last success',
  next: 'Next run',
  runs: 'Runs',
  branches: 'Only branches',
  never: 'none yet',
  paused: 'none while paused',
  running: 'after this one',
  /** `every` is such as "every 8 hours", or null for never. */
  pushRuns: (onCommit: boolean, every: string | null): string =>
    [...(onCommit ? ['after each push here'] : []), ...(every === null ? [] : [every])].join(', and ') ||
    'only by hand',
} as const;

export const groups = { pulls: 'Pulls from', pushes: 'Pushes to' } as const;
