import { hookSetups } from '../../domain/hook-setup';
import type { Mirror } from '../../domain/mirror';
import { isoTime } from './present-values';

/** Where the upstream says that it has changed; the secret was shown when it was made. */
export function presentHook({ hook, url }: Pick<Mirror, 'hook' | 'url'>, baseUrl: string) {
  return {
    url: hook === null ? null : `${baseUrl}/hooks/upstream/${hook.id}`,
    has_secret: hook !== null,
    /** The one before is valid until the newest was used. */
    previous_secret_valid: (hook?.secrets.length ?? 0) > 1,
    last_delivery_at: isoTime(hook?.lastDeliveryAt ?? null),
    setup: hook === null ? [] : hookSetups(url),
  };
}
