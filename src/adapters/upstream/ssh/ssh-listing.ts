import { AdvertisementParser, type Advertisement } from '../../../git-http/advertisement';
import type { HttpFault, TranslateFault } from '../../../git-http/http-fault';
import { abortReason } from '../../../git-http/list-refs';
import { flushPkt, PktLineReader } from '../../../git-http/pkt-line';
import { StallWatch } from '../../../git-http/stall-watch';
import { commandFault, faultIn, SshFault } from './ssh-fault';
import { openUploadPack, type SshPlace, type SshCommand } from './ssh-command';

export interface SshListing extends SshPlace {
  readonly totalTimeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly translate: TranslateFault;
}

/** The upstream's refs in protocol version 0, over one connection. Raises what `translate` makes of a fault, and the reason of an aborted signal. */
export async function readSshAdvertisement(listing: SshListing): Promise<Advertisement> {
  const { totalTimeoutMs, signal } = listing;
  const overtime = new AbortController();
  const timer = setTimeout(() => overtime.abort(new SshFault({ kind: 'timeout', totalTimeoutMs })), totalTimeoutMs);
  const either = AbortSignal.any([signal, overtime.signal]);
  let pack: SshCommand | null = null;
  try {
    pack = await openUploadPack(listing, either);
    return await readFrom(pack, listing, either);
  } catch (thrown) {
    throw signal.aborted ? abortReason(signal) : listing.translate(faultIn(thrown));
  } finally {
    clearTimeout(timer);
    pack?.close();
  }
}

function readFrom(pack: SshCommand, listing: SshListing, signal: AbortSignal): Promise<Advertisement> {
  const { idleTimeoutMs, maxBytes, url } = listing;
  const parser = new AdvertisementParser(null);
  const lines = new PktLineReader((text, start, end) => parser.line(text, start, end));
  let receivedBytes = 0;
  let watch: StallWatch | undefined;
  const onAbort = () => reject(signal.reason);
  let reject: (reason: unknown) => void = () => undefined;

  return new Promise<Advertisement>((resolve, rejectIt) => {
    reject = rejectIt;
    const fail = (fault: HttpFault) => rejectIt(new SshFault(fault));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    watch = new StallWatch(idleTimeoutMs, () => fail({ kind: 'stalled', phase: 'listing refs', idleTimeoutMs }));
    pack.channel.on('data', (chunk: Buffer) => {
      watch?.touch();
      receivedBytes += chunk.length;
      if (receivedBytes > maxBytes) return fail({ kind: 'too_large', limit: maxBytes });
      try {
        lines.push(chunk);
      } catch {
        return fail({ kind: 'not_git', why: 'its list of refs is malformed' });
      }
      if (parser.fault !== null) return fail(parser.fault);
      if (!parser.isComplete) return;
      // Nothing is wanted: git's own way of leaving.
      pack.channel.end(flushPkt);
      resolve(parser.result(receivedBytes));
    });
    void pack.ended.then((end) =>
      fail(receivedBytes > 0 ? { kind: 'broken_off', phase: 'listing refs' } : commandFault(end, url.host)),
    );
  }).finally(() => {
    watch?.stop();
    signal.removeEventListener('abort', onAbort);
  });
}
