import { hookSetups } from '../../domain/hook-setup';
import type { Mirror } from '../../domain/mirror';
import type { WebhookAnswer } from './answers/mirror-notify';
import { isoTime } from './present-values';

/** Where the upstream says that it has changed; the secret was shown when it was made. */
export function presentHook({ hook, url }: Pick<Mirror, 'hook' | 'url'>, baseUrl: string): WebhookAnswer {
  return {
    url: hook === null ? null : `${baseUrl}/hooks/upstream/${hook.id}`,
    has_secret: hook !== null,
    previous_secret_valid: (hook?.secrets.length ?? 0) > 1,
    last_delivery_at: isoTime(hook?.lastDeliveryAt ?? null),
    setup: hook === null ? [] : hookSetups(url),
  };
}
