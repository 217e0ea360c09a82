import type { RefName } from '../domain/git-ref';
import { PktLineReader, utf8 } from './pkt-line';

/** The server's own report. */
export interface ReceivePackReport {
  /** "ok", or why the pack was not taken. */
  readonly unpack: string;
  /** null: done; else the server's words. */
  readonly refs: ReadonlyMap<RefName, string | null>;
  /** What hooks and git printed there. */
  readonly remoteLines: readonly string[];
  readonly sentBytes: number;
}

/** Reads a whole answer. Undoes the side band: band 1 is the report, 2 is what is printed, 3 is the end of it all. */
export function readReport(answer: Buffer): Omit<ReceivePackReport, 'sentBytes'> {
  let report = '';
  let printed = '';
  new PktLineReader((text, start, end) => {
    if (start < 0) return;
    const band = text.charCodeAt(start);
    if (band === 1) report += text.slice(start + 1, end);
    else if (band === 2 || band === 3) printed += text.slice(start + 1, end);
  }).push(answer);

  let unpack = 'the server did not say';
  const refs = new Map<RefName, string | null>();
  new PktLineReader((text, start, end) => {
    if (start < 0) return;
    const line = utf8(text.slice(start, end)).trimEnd();
    const [word = '', name = ''] = line.split(' ');
    if (word === 'unpack') unpack = line.slice('unpack '.length);
    else if (word === 'ok') refs.set(name, null);
    else if (word === 'ng') refs.set(name, line.slice('ng '.length + name.length).trim());
  }).push(Buffer.from(report, 'latin1'));
  const remoteLines = utf8(printed)
    .split(/[\n\r]/)
    .map((line) => line.trimEnd());
  return { unpack, refs, remoteLines };
}
