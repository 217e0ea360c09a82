import type { RefName } from '../../src/domain/git-ref';
import type { RefListing, Upstream, UpstreamAccess } from '../../src/ports/upstream';

/** Upstreams that are only listed: answers `refs`, or does what `answer` says. */
export class FakeListings {
  readonly refs = new Map<RefName, string>();
  /** How each one was signed in to, in order. */
  readonly asked: UpstreamAccess[] = [];
  answer: Upstream['list'] | null = null;

  readonly list: Upstream['list'] = async (access, signal): Promise<RefListing> => {
    this.asked.push(access);
    if (this.answer !== null) return this.answer(access, signal);
    const defaultBranch = this.refs.has('refs/heads/main') ? 'refs/heads/main' : null;
    return {
      refs: new Map(this.refs),
      invalidNames: [],
      defaultBranch,
      digest: 'digest',
      capabilities: [],
      receivedBytes: 0,
    };
  };

  /** The password of the last connection. */
  get lastPassword(): string | undefined {
    return this.asked.at(-1)?.credentials?.password.reveal();
  }
}
