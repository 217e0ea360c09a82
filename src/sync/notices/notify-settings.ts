import { randomBytes } from 'node:crypto';
import { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { Mirror } from '../../domain/mirror';
import { invalidFields } from '../../domain/mirror-options';
import { parseNotifyUrl } from '../../domain/notify-url';
import type { MirrorNotify } from '../../domain/mirror-notify';
import type { UpstreamUrl } from '../../domain/upstream-url';
import type { SecretBox } from '../../ports/secret-box';
import type { Store } from '../../ports/store';

/** What a maintainer may say; what is left out stays. */
export interface NotifyChange {
  readonly issue?: boolean | undefined;
  /** null or '' ends the messages and forgets their secret. */
  readonly url?: string | null | undefined;
}

interface SecretDeps {
  readonly secrets: Pick<SecretBox, 'seal'>;
}

/** The address is held to the rules for upstreams. A first address gets a secret, shown to who named it and never again. Raises input_invalid. */
export function applyNotify(
  deps: SecretDeps & { readonly checkUpstream: (url: UpstreamUrl) => void },
  mirror: Mirror,
  change: NotifyChange | undefined,
  at: number,
): { readonly notify: MirrorNotify; readonly secret: Secret | null } {
  const before = mirror.notify;
  const notify = { ...before, issue: change?.issue ?? before.issue };
  if (change?.url === undefined) return { notify, secret: null };
  if (change.url === null || change.url === '')
    return { notify: { ...notify, url: null, secrets: [], lastWebhook: null }, secret: null };
  const url = checkedUrl(deps, change.url);
  if (before.secrets.length > 0) return { notify: { ...notify, url }, secret: null };
  const { secret, sealed } = newSecret(deps, mirror.id);
  return { notify: { ...notify, url, secrets: [{ sealed, createdAt: at }] }, secret };
}

/** A further secret; for a day messages are signed with the one before as well. Raises mirror_not_found, input_invalid when there is no address. */
export async function rotateNotifySecret(
  deps: SecretDeps & { readonly store: Pick<Store, 'transaction'> },
  mirrorId: string,
): Promise<{ readonly mirror: Mirror; readonly secret: Secret }> {
  return deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    if (mirror === null) throw new HeadwaterError('mirror_not_found');
    if (mirror.notify.url === null)
      throw invalidFields([{ field: 'notify_url', message: 'is not set, so there is nothing to sign' }]);
    const { secret, sealed } = newSecret(deps, mirrorId);
    const secrets = [{ sealed, createdAt: await tx.now() }, ...mirror.notify.secrets.slice(0, 1)];
    const changed = { ...mirror, notify: { ...mirror.notify, secrets } };
    await tx.saveMirror(changed);
    return { mirror: changed, secret };
  });
}

export function notifyContext(mirrorId: string): string {
  return ['notify-secret', mirrorId].join('|');
}

function newSecret({ secrets }: SecretDeps, mirrorId: string): { secret: Secret; sealed: string } {
  const secret = new Secret(`whsec_${randomBytes(32).toString('base64')}`);
  return { secret, sealed: secrets.seal(secret, notifyContext(mirrorId)) };
}

function checkedUrl({ checkUpstream }: { readonly checkUpstream: (url: UpstreamUrl) => void }, text: string): string {
  try {
    const url = parseNotifyUrl(text);
    checkUpstream(url);
    return url.href;
  } catch (thrown) {
    if (!(thrown instanceof HeadwaterError)) throw thrown;
    throw invalidFields([{ field: 'notify_url', message: thrown.message }]);
  }
}
