import type { Request } from 'express';
import type { Actor } from '../../domain/audit';
import { auditedStore } from '../../sync/audited-store';
import { signedInOf } from '../sign-in/session-data';
import type { Panel } from './panel-context';

/** Whoever is signed in, for the audit log. */
export function personOf(request: Request): Actor {
  return { who: signedInOf(request)?.login ?? null, via: 'session', from: request.ip ?? null };
}

/** What is changed is written down under the name of whoever is signed in (sync/audited-store). */
export function asActor(panel: Panel, request: Request): Panel {
  const { deps } = panel;
  return { ...panel, deps: { ...deps, store: auditedStore(deps.store, personOf(request), deps) } };
}
