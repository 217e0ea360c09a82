import type { InstallStep } from '../install/plan-install';
import type { UninstallStep } from '../install/uninstall';

/** A step for a person: as a plan ("make …"), or as what was done ("made …"). */
export function describeInstallStep(step: InstallStep, tense: 'plan' | 'done'): string {
  const verb = verbs[step.action][tense];
  switch (step.kind) {
    case 'account':
      return `${verb} the account ${step.login}`;
    case 'site_admin':
      return `${tense === 'plan' ? 'make' : 'made'} the account ${step.login} a site admin`;
    case 'token':
      return `${verb} the account's access token "${step.name}"${because(step.why)}`;
    case 'application':
      return `${verb} the OAuth2 application${because(step.why)}`;
    case 'webhook':
      return `${verb} the system webhook to ${step.url}${because(step.why)}`;
    case 'settings':
      return `${verb} the addresses in the configuration`;
    case 'file':
      return `${verb} ${step.file.kind === 'block' ? "Headwater's part of " : ''}${step.file.path}`;
    case 'reload':
      return tense === 'plan' ? 'reload the templates of the forge' : 'reloaded the templates of the forge';
  }
}

export function describeUninstallStep(step: UninstallStep, tense: 'plan' | 'done'): string {
  const verb = tense === 'plan' ? 'remove' : 'removed';
  switch (step.kind) {
    case 'file':
      return `${verb} what is Headwater's in ${step.path}`;
    case 'reload':
      return `${tense === 'plan' ? 'reload' : 'reloaded'} the templates of the forge`;
    case 'webhook':
      return `${verb} the system webhook to ${step.url}`;
    case 'application':
      return `${verb} the OAuth2 application`;
    case 'token':
      return `${verb} the access token "${step.name}"`;
    case 'site_admin':
      return `${tense === 'plan' ? 'take' : 'took'} the site admin's rights from the account ${step.login}`;
    case 'account':
      return `${verb} the account ${step.login}`;
    case 'settings':
      return `${verb} what was written to the configuration`;
  }
}

/** What a person has to do, and why nobody did it for them. */
export function describeReload({ command, why }: { readonly command: string; readonly why: string | null }): string[] {
  return [
    ...(why === null ? [] : [`The forge's templates were not reloaded. ${why}`]),
    'Now have the forge read its templates, as the user that it runs as:',
    `  ${command}`,
  ];
}

const verbs = {
  keep: { plan: 'keep', done: 'kept' },
  make: { plan: 'make', done: 'made' },
  change: { plan: 'change', done: 'changed' },
  replace: { plan: 'replace', done: 'replaced' },
  by_hand: { plan: 'by hand:', done: 'by hand:' },
} as const;

function because(why: string): string {
  return why === '' ? '' : ` (${why})`;
}
