/**
 * Removes user information from every URL inside a text, so that no message or log line can carry credentials. The scheme is not
 * looked at: to look for one takes time that grows with the square of a word's length, and the word may be a stranger's (RES-07).
 */
export function redactUrls(text: string): string {
  return text.replace(/:\/\/[^\s/?#]*@/g, '://');
}

// eslint-disable-next-line no-control-regex -- control characters are what this finds
const ansiEscape = /\u001b\[[0-9;?]*[A-Za-z]/g;
// Control characters, and those that turn the direction of writing around (HOST-04).
// eslint-disable-next-line no-control-regex -- control characters are what this finds
const unseen = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/**
 * Text from the other side, made fit to show: control and escape characters removed, the given secrets and their usual
 * encodings blotted out, at most `maxLength` characters.
 */
export function showRemoteText(text: string, secrets: readonly string[] = [], maxLength = 200): string {
  let shown = text;
  for (const secret of secrets) {
    if (secret === '') continue;
    for (const form of [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ]) {
      shown = shown.split(form).join('[redacted]');
    }
  }
  shown = redactUrls(shown.replace(ansiEscape, '').replace(unseen, ' ')).trim();
  return shown.length <= maxLength ? shown : `${shown.slice(0, maxLength - 1)}…`;
}

/** The password of an address, for blotting it out of what others say about it. */
export function secretsOf(url: string): string[] {
  const encoded = /^[^:/]+:\/\/[^:@/]*:([^@/]+)@/.exec(url)?.[1];
  if (encoded === undefined) return [];
  try {
    return [...new Set([encoded, decodeURIComponent(encoded)])];
  } catch {
    return [encoded];
  }
}
