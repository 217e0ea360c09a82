import type { Mirror } from '../../domain/mirror';
import type { HostKey } from '../../domain/mirror-ssh';
import type { MirrorSettings } from '../../sync/mirror-settings';
import type { PanelContext } from './panel-context';
import { isSshForm, notifyOf, optionsOf, secretOf, tokenEndOf, type SentForm } from './read-form';

/** What a form says of a mirror. `keys`: those that were confirmed with it; null where the address needs none. */
export function settingsOf(
  { login, caller }: PanelContext,
  sent: SentForm,
  keys: readonly HostKey[] | null,
  before: Mirror | null,
): MirrorSettings {
  const { values } = sent;
  const notify = notifyOf(values);
  const by = caller.person;
  const common = { url: values.address, options: optionsOf(values), notify, confirmedBy: login, by };
  if (isSshForm(values)) {
    const pinned = keys === null ? {} : { sshHostKeys: keys.map(({ type, key }) => `${type} ${key}`) };
    // The key that is made now is installed nowhere yet: the first run waits until the person says that it is.
    const waits = before?.ssh == null ? { enabled: false } : {};
    const keyType = values.keyType === before?.ssh?.keys[0]?.type ? {} : { sshKeyType: values.keyType };
    return { ...common, ...pinned, ...waits, ...keyType };
  }
  const restarts = before?.ssh != null ? { enabled: true } : {};
  if (values.method !== 'password') return { ...common, ...restarts, authUser: null, authPassword: null };
  const secret = secretOf(sent.password);
  return {
    ...common,
    ...restarts,
    authUser: values.username === '' ? null : values.username,
    tokenExpiresAt: tokenEndOf(values.tokenEnd, before?.tokenExpiresAt ?? null),
    ...(secret === undefined ? {} : { authPassword: secret }),
  };
}
