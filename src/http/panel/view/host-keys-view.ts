import type { HostKey } from '../../../domain/mirror-ssh';
import { hostKeys as texts } from '../../../panel/texts/forms';
import type { Rich } from '../../../panel/texts/rich';
import { publishedKeys } from './published-keys';

/** The keys by which a server identified itself, to be confirmed by a person. */
export interface HostKeysView {
  readonly question: Rich;
  /** `whole`: as in known_hosts, sent back with the confirmation. */
  readonly keys: readonly { readonly type: string; readonly fingerprint: string; readonly whole: string }[];
  readonly verdict: {
    readonly tone: 'ok' | 'plain' | 'bad';
    readonly text: Rich;
    /** Where the owner publishes them. */
    readonly page: string | null;
  };
  readonly canConfirm: boolean;
}

/** Published keys only inform; where they contradict, there is nothing to confirm. */
export function viewHostKeys(host: string, keys: readonly HostKey[]): HostKeysView {
  const published = publishedKeys[host];
  const base = {
    question: texts.question(host),
    keys: keys.map(({ type, key, fingerprint }) => ({ type: shownType(type), fingerprint, whole: `${type} ${key}` })),
  };
  if (published === undefined)
    return {
      ...base,
      verdict: { tone: 'plain', text: [texts.unknown(host)], page: null },
      canConfirm: keys.length > 0,
    };
  const { who, page } = published;
  if (keys.every((key) => published.fingerprints.includes(key.fingerprint)))
    return { ...base, verdict: { tone: 'ok', text: [texts.published(who)], page }, canConfirm: keys.length > 0 };
  return { ...base, verdict: { tone: 'bad', text: texts.mismatch(who), page }, canConfirm: false };
}

/** "ED25519" for ssh-ed25519, as people and host pages write it. */
function shownType(type: string): string {
  if (type.startsWith('ecdsa-sha2-')) return 'ECDSA';
  return type.replace(/^ssh-/, '').toUpperCase();
}
