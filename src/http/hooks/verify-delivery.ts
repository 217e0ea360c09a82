import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Secret } from '../../domain/credentials';

/** What a request carries to prove that its sender knows the secret. */
type Proof = (secret: Secret, body: Uint8Array) => boolean;

/**
 * The secret that a delivery was signed with; null: with none of them. The bytes are taken as they came, before anybody
 * parses them. Signatures come first: every one that is there must be right, and all by the same secret; a bare token
 * counts only where there is no signature (WH-01). All secrets are tried, whether or not one has matched.
 *
 * GitHub sends X-Hub-Signature-256, Gitea and Forgejo that and one or two of their own, Bitbucket X-Hub-Signature with
 * SHA-256, GitLab the token itself. X-Hub-Signature with SHA-1, which GitHub and Gitea still send beside it, is passed over.
 */
export function verifyDelivery<T extends { readonly secret: Secret }>(
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  secrets: readonly T[],
): T | null {
  const proofs = proofsOf(headers);
  if (proofs.length === 0) return null;
  const matching = secrets.filter(
    ({ secret }) => secret.reveal() !== '' && proofs.map((proof) => proof(secret, body)).every(Boolean),
  );
  return matching[0] ?? null;
}

function proofsOf(headers: IncomingHttpHeaders): Proof[] {
  const signatures = [
    signature(headers['x-hub-signature-256'], 'sha256='),
    ...(/^sha1=/.test(one(headers['x-hub-signature']) ?? '') ? [] : [signature(headers['x-hub-signature'], 'sha256=')]),
    signature(headers['x-gitea-signature'], ''),
    signature(headers['x-forgejo-signature'], ''),
    signature(headers['x-gogs-signature'], ''),
  ].filter((proof) => proof !== null);
  if (signatures.length > 0) return signatures;
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return [one(headers['x-gitlab-token']), one(headers['x-headwater-token']), bearer]
    .filter((sent) => sent !== undefined)
    .map((sent) => (secret) => isSame(sent, secret.reveal()));
}

/** null: there is no such header. One that cannot be a signature proves nothing. */
function signature(header: string | string[] | undefined, prefix: string): Proof | null {
  const sent = one(header);
  if (sent === undefined) return null;
  return (secret, body) => isSame(sent, prefix + createHmac('sha256', secret.reveal()).update(body).digest('hex'));
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

/** The only comparison of what was sent with what is secret: in constant time, whatever the lengths. */
function isSame(sent: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(sent), digest(expected));
}
