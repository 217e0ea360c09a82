import type { Request } from 'express';
import { HeadwaterError } from '../../domain/errors';
import type { Mirror } from '../../domain/mirror';
import type { Caller } from '../../ports/forge';
import { acceptPlan } from '../../sync/accept-plan';
import { enrolProject } from '../../sync/enrol-project';
import { acceptHostKey, detectHostKeys } from '../../sync/host-keys';
import { pauseMirror, resumeMirror, stopRun } from '../../sync/pause-mirror';
import { removeMirror } from '../../sync/remove-mirror';
import { requestSync } from '../../sync/request-sync';
import { removeHook } from '../../sync/hook-secret';
import { findBackup, restoreBackup } from '../../sync/restore-backup';
import { rotateSshKey } from '../../sync/rotate-ssh-key';
import { undoRun } from '../../sync/undo-run';
import { findRun } from '../api/find-mirror';
import type { Panel } from './panel-context';
import type { PanelDeps } from './panel-deps';
import { listField, optionalField, requiredField, secretOf, tokenEndOf } from './read-form';
import type { SaidKey } from './said';
import type { PanelLinks } from './view/panel-links';

export interface ActionCall {
  readonly deps: PanelDeps;
  readonly mayConnect: Panel['mayConnect'];
  readonly mirror: Mirror;
  /** As the forge has just told it. */
  readonly project: { readonly id: number; readonly owner: string; readonly name: string };
  readonly login: string;
  readonly by: Caller | null;
  readonly links: PanelLinks;
  readonly request: Request;
}

/** Where the person goes on, and what is said there. */
export interface Done {
  readonly to: string;
  readonly said: SaidKey | null;
}

type Do = (call: ActionCall) => Promise<Done>;

const detectionMs = 30_000;

/** What the buttons of a pull mirror do: the same use cases as the API's. */
export const pullActionTable: Readonly<Record<string, Do>> = {
  update: async ({ deps, mirror, links }) => {
    const { warning } = await requestSync(deps, mirror.id, 'manual');
    return { to: links.settings, said: warning === null ? 'started' : 'queueDown' };
  },
  check: async ({ deps, mayConnect, mirror, links, request }) => {
    if (mirror.ssh !== null) {
      await mayConnect(request);
      await detectHostKeys(deps, mirror, timeLimit(deps));
    }
    if (mirror.ssh !== null && mirror.ssh.hostKeys.length === 0) return { to: links.settings, said: 'keysRead' };
    await requestSync(deps, mirror.id, 'manual');
    return { to: links.settings, said: 'started' };
  },
  pause: async ({ deps, mirror, login, links }) => {
    await pauseMirror(deps, mirror.id, 'person', login);
    return { to: links.settings, said: 'paused' };
  },
  resume: async ({ deps, mirror, project, by, links }) => {
    if (!mirror.enabled) await enrolProject(deps, project, { enabled: true, by });
    await resumeMirror(deps, mirror.id, by);
    return { to: links.settings, said: 'resumed' };
  },
  stop: async ({ deps, mirror, login, links }) => {
    await stopRun(deps, mirror.id, login);
    return { to: links.settings, said: 'stopped' };
  },
  delete: async ({ deps, mirror, links }) => {
    await removeMirror(deps, mirror.id);
    return { to: links.settings, said: 'deleted' };
  },
  accept: async ({ deps, mirror, links, request }) => {
    await acceptPlan(deps, mirror.id, requiredField(request, 'plan_id'));
    return { to: links.settings, said: 'accepted' };
  },
  keep: async ({ deps, project, by, links }) => {
    await enrolProject(deps, project, { options: { deletions: 'ignore' }, by });
    return { to: links.settings, said: 'kept' };
  },
  'accept-key': async ({ deps, mirror, login, by, links, request }) => {
    await acceptHostKey(deps, mirror.id, requiredField(request, 'fingerprint'), login);
    await resumeMirror(deps, mirror.id, by);
    return { to: links.settings, said: 'keyAccepted' };
  },
  'confirm-keys': async ({ deps, project, login, by, links, request }) => {
    if (optionalField(request, 'keys_confirmed') !== 'yes') return { to: links.settings, said: 'confirmFirst' };
    await enrolProject(deps, project, {
      sshHostKeys: listField(request, 'host_key'),
      confirmedBy: login,
      enabled: true,
      by,
    });
    return { to: links.settings, said: 'keyAccepted' };
  },
  password: async ({ deps, mirror, project, by, links, request }) => {
    const user = optionalField(request, 'username');
    const authPassword = secretOf(optionalField(request, 'password'));
    if (authPassword === undefined) return { to: links.open('password'), said: 'passwordMissing' };
    const tokenExpiresAt = tokenEndOf(optionalField(request, 'token_end'), null);
    await enrolProject(deps, project, { authUser: user === '' ? null : user, authPassword, tokenExpiresAt, by });
    await requestSync(deps, mirror.id, 'manual');
    return { to: links.settings, said: 'passwordSaved' };
  },
  'new-key': async ({ deps, mirror, links }) => {
    await rotateSshKey(deps, mirror);
    return { to: links.open('key'), said: 'keyMade' };
  },
  plan: async ({ deps, mirror, links }) => {
    const { run } = await requestSync(deps, mirror.id, 'plan');
    if (run.cause !== 'plan') throw new HeadwaterError('run_under_way');
    return { to: links.plan(run.id), said: null };
  },
  'webhook-remove': async ({ deps, mirror, links }) => {
    await removeHook(deps, mirror.id);
    return { to: links.settings, said: 'hookRemoved' };
  },
  'put-back': async ({ deps, mirror, links, request }) => {
    const backup = await findBackup(deps.store, mirror.id, requiredField(request, 'backup'));
    const run = await restoreBackup(deps, backup, deps.closing);
    return { to: links.run(run.id), said: null };
  },
  undo: async ({ deps, mirror, links, request }) => {
    const run = await findRun(deps.store, mirror, requiredField(request, 'run'));
    const undone = await undoRun(deps, run, deps.closing);
    return { to: links.run(undone.id), said: null };
  },
};

function timeLimit(deps: PanelDeps): AbortSignal {
  return AbortSignal.any([deps.closing, AbortSignal.timeout(detectionMs)]);
}
