import { hookSetups } from '../../../domain/hook-setup';
import type { Mirror } from '../../../domain/mirror';
import { hookMenu, hookPlaces, webhook } from '../../../panel/texts/webhook';
import { say, type Rich } from '../../../panel/texts/rich';

/** The webhook by which the other repository tells of a push. */
export interface HookView {
  readonly open: boolean;
  readonly now: Rich;
  /** null: there is none. */
  readonly address: string | null;
  /** Only in the answer to whoever had it made. */
  readonly secret: string | null;
  readonly secretNote: Rich | null;
  readonly places: readonly { readonly name: string; readonly where: Rich | null; readonly steps: Rich }[];
}

/** `publicUrl`: Headwater's own address, without a slash at the end. */
export function viewHook(
  { hook, url }: Pick<Mirror, 'hook' | 'url'>,
  publicUrl: string,
  shown: { readonly open: boolean; readonly secret: string | null },
): HookView {
  const last = hook?.lastDeliveryAt ?? null;
  return {
    ...shown,
    now: hook === null ? say`${webhook.off}` : last === null ? say`${webhook.on}` : webhook.onSince(last),
    address: hook === null ? null : `${publicUrl}/hooks/upstream/${hook.id}`,
    secretNote: (hook?.secrets.length ?? 0) > 1 ? webhook.both : null,
    places: hook === null ? [] : hookSetups(url).map(placeOf),
  };
}

function placeOf({ forge, page }: ReturnType<typeof hookSetups>[number]): HookView['places'][number] {
  const { name, menu, steps } = hookPlaces[forge];
  return { name, where: page === null ? null : say`${hookMenu(menu, page)}`, steps };
}
