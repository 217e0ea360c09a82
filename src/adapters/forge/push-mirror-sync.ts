import type { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { HttpRequester } from '../../git-http/requester';
import type { ProjectPath } from '../../ports/push-mirrors';
import type { RestAnswer } from './client';

/** What it takes to tell how a request ended. */
export type SyncAnswer = Pick<RestAnswer, 'status' | 'data'>;

const longestAnswer = 64 * 1024;

/**
 * Asks for the sync, which the forge answers when it is over; it breaks the push off as soon as nobody waits any more
 * (measured on Forgejo 11). fetch gives up after five minutes without an answer, so this is a request of its own.
 */
export function askForSync(
  requester: HttpRequester,
  forgeUrl: string,
  token: Secret,
  { owner, name }: ProjectPath,
  signal: AbortSignal,
): Promise<SyncAnswer> {
  const project = [owner, name].map(encodeURIComponent).join('/');
  return new Promise((resolve, reject) => {
    const request = requester.request({
      url: new URL(`${forgeUrl}/api/v1/repos/${project}/push_mirrors-sync`),
      method: 'POST',
      headers: { authorization: `token ${token.reveal()}`, accept: 'application/json', 'content-length': '0' },
      signal,
    });
    const fail = (cause: Error) =>
      reject(new HeadwaterError('forge_unreachable', { why: 'the connection broke off' }, { cause }));
    request.on('error', fail);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (text.length < longestAnswer) text += chunk;
      });
      response.on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, data: readJson(text) }));
    });
    request.end();
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
