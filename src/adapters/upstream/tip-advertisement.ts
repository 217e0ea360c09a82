import type { Oid } from '../../domain/git-ref';
import { flushPkt, pktLine } from '../../git-http/pkt-line';

/** What libgit2 knows to use of protocol version 0, apart from what would change which objects come. */
const usable = new Set(['multi_ack', 'multi_ack_detailed', 'side-band', 'side-band-64k', 'ofs-delta', 'thin-pack']);

/**
 * The only refs that the fetch child gets to see: the wanted objects, under names of ours. Names and oddities of the
 * upstream never reach C code, and it is asked for nothing that was not wanted.
 */
export function tipAdvertisement(
  wanted: readonly Oid[],
  serverCapabilities: readonly string[],
  over: 'http' | 'ssh' = 'http',
): Buffer {
  const capabilities = serverCapabilities.filter((capability) => usable.has(capability)).join(' ');
  return Buffer.concat([
    ...(over === 'http' ? [pktLine('# service=git-upload-pack\n'), flushPkt] : []),
    ...wanted.map((oid, at) => pktLine(`${oid} refs/tips/${oid}${at === 0 ? `\0${capabilities}` : ''}\n`)),
    flushPkt,
  ]);
}
