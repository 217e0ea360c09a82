import type { IncomingHttpHeaders } from 'node:http';

/** refs: something was pushed, or may have been; ping: the sender tries the address; other: none of our business. */
export type DeliveryMeaning = 'refs' | 'ping' | 'other';

export interface DeliveryFacts {
  readonly meaning: DeliveryMeaning;
  /** The sender's own name of the delivery, kept when it is sent again; null where the sender has none. */
  readonly id: string | null;
}

const refEvents: Readonly<Record<string, ReadonlySet<string>>> = {
  'x-github-event': new Set(['push', 'create', 'delete']),
  'x-gitea-event': new Set(['push', 'create', 'delete']),
  'x-forgejo-event': new Set(['push', 'create', 'delete']),
  'x-gitlab-event': new Set(['Push Hook', 'Tag Push Hook', 'System Hook']),
  'x-event-key': new Set(['repo:push', 'repo:refs_changed']),
};
const pings = new Set(['ping', 'diagnostics:ping']);

/** Forgejo, Gitea, GitHub, GitLab and Bitbucket Cloud. */
const idHeaders = ['x-forgejo-delivery', 'x-gitea-delivery', 'x-github-delivery', 'idempotency-key', 'x-request-uuid'];

/** From the headers alone: what the body says is not believed, so it is not read either. */
export function deliveryFacts(headers: IncomingHttpHeaders): DeliveryFacts {
  const told = Object.entries(refEvents).flatMap(([header, events]) => {
    const event = headers[header];
    return typeof event === 'string' ? [{ event, isRefs: events.has(event) }] : [];
  });
  const id = idHeaders.map((header) => headers[header]).find((value) => typeof value === 'string' && value !== '');
  return { meaning: meaningOf(told), id: typeof id === 'string' ? id : null };
}

function meaningOf(told: readonly { readonly event: string; readonly isRefs: boolean }[]): DeliveryMeaning {
  if (told.some(({ event }) => pings.has(event))) return 'ping';
  return told.length === 0 || told.some(({ isRefs }) => isRefs) ? 'refs' : 'other';
}
