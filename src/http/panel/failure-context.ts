import { parseUpstreamUrl, type UpstreamUrl } from '../../domain/upstream-url';
import type { PanelContext } from './panel-context';
import type { FailureContext } from './view/failure';
import { otherSideOf } from './view/pull-input';

/** What a failure is explained with where no run is at hand. `url` null: no address could be read. */
export function contextFor({ forge }: PanelContext, url: UpstreamUrl | null): FailureContext {
  const other = url === null ? { host: '', repository: '' } : otherSideOf(url.href);
  return {
    host: other.host,
    repository: other.repository,
    forge: forge.name,
    account: forge.account,
    retryAt: null,
    runId: null,
    tookMs: null,
    pushed: false,
  };
}

/** null: it cannot be read. */
export function tryAddress(address: string): UpstreamUrl | null {
  try {
    return parseUpstreamUrl(address).url;
  } catch {
    return null;
  }
}
