import { Secret } from '../../src/domain/credentials';
import { HeadwaterError } from '../../src/domain/errors';
import type { BegunSignIn, ForgeIdentity, Identity } from '../../src/ports/identity';
import type { Forge } from '../../src/ports/forge';

/** Signs in whoever the code names: it is a token of the fake forge. */
export class FakeIdentity implements Identity {
  #begun = 0;

  constructor(private readonly forge: Pick<Forge, 'caller'>) {}

  async begin(): Promise<BegunSignIn> {
    this.#begun += 1;
    const state = `state-${this.#begun}`;
    return { address: `https://forge.example/authorize?state=${state}`, state, verifier: new Secret('verifier') };
  }

  async complete(callback: URL, begun: Pick<BegunSignIn, 'state'>): Promise<ForgeIdentity> {
    const code = callback.searchParams.get('code');
    if (code === null || callback.searchParams.get('state') !== begun.state)
      throw new HeadwaterError('sign_in_refused', { why: 'x' });
    const token = new Secret(code);
    return { userId: (await this.forge.caller(token)).id, token, tokenLifeMs: 3_600_000 };
  }
}
