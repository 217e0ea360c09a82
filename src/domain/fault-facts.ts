import type { Fault } from './errors';
import { faultCatalogue } from './fault-catalogue';

/**
 * The facts that the fault's sentence was made from, read back from it by the catalogue's template. Empty when the sentence
 * was written by another version with other words.
 */
export function factsOf(fault: Pick<Fault, 'code' | 'message'>): Readonly<Record<string, string>> {
  const template: string | undefined = faultCatalogue[fault.code]?.message;
  if (template === undefined) return {};
  const seen = new Set<string>();
  const pattern = template
    .split(/\{(\w+)\}/)
    .map((piece, at) => {
      if (at % 2 === 0) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      if (seen.has(piece)) return `\\k<${piece}>`;
      seen.add(piece);
      return `(?<${piece}>[^]*?)`;
    })
    .join('');
  const found = new RegExp(`^${pattern}$`).exec(fault.message)?.groups ?? {};
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== 'unknown'));
}
