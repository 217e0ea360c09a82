import type { Secret } from '../../src/domain/credentials';
import type { HostKey } from '../../src/domain/mirror-ssh';
import { parseUpstreamUrl } from '../../src/domain/upstream-url';
import { createSsh } from '../../src/adapters/upstream/ssh/create-ssh';
import { createAddressPolicy } from '../../src/git-http/address-policy';
import type { UpstreamAccess } from '../../src/ports/upstream';

export const loopbackSsh = createSsh({ policy: createAddressPolicy(['127.0.0.1']), idleTimeoutMs: 500 });

/** What the adapter told of SSH while it worked. */
export interface Told {
  readonly workingKeys: string[];
  readonly refusedHostKeys: HostKey[];
}

export interface TestKey {
  readonly publicKey: string;
  readonly privateKey: Secret;
}

/** Access with these keys to a server that has these host keys. */
export function sshAccessTo(
  url: string,
  keys: readonly TestKey[],
  hostKeys: readonly string[],
): { readonly access: UpstreamAccess; readonly told: Told } {
  const told: Told = { workingKeys: [], refusedHostKeys: [] };
  const access: UpstreamAccess = {
    url: parseUpstreamUrl(url).url,
    credentials: null,
    ssh: {
      keys,
      hostKeys: hostKeys.map((text) => {
        const key = loopbackSsh.readHostKey(text);
        if (key === null) throw new Error(`not a host key: ${text}`);
        return key;
      }),
      onKeyWorked: (publicKey) => void told.workingKeys.push(publicKey),
      onHostKeyRefused: (seen) => void told.refusedHostKeys.push(seen),
    },
  };
  return { access, told };
}
