import fs from 'node:fs';
import path from 'node:path';
import { createUpstream, type UpstreamOptions } from '../../src/adapters/upstream/create-upstream';
import { Secret } from '../../src/domain/credentials';
import { HeadwaterError } from '../../src/domain/errors';
import { parseUpstreamUrl } from '../../src/domain/upstream-url';
import { createAddressPolicy } from '../../src/git-http/address-policy';
import type { Upstream, UpstreamAccess } from '../../src/ports/upstream';

/**
 * The compiled fetch child where it is up to date, as after the build that comes before all tests; otherwise undefined,
 * and the adapter runs the sources.
 */
function compiledFetchChild(): string | undefined {
  const root = path.resolve(__dirname, '../..');
  const upToDate = fs.readdirSync(path.join(root, 'src/fetch-child')).every((name) => {
    const compiled = path.join(root, 'dist/src/fetch-child', name.replace(/ts$/, 'js'));
    return (
      fs.existsSync(compiled) &&
      fs.statSync(compiled).mtimeMs >= fs.statSync(path.join(root, 'src/fetch-child', name)).mtimeMs
    );
  });
  return upToDate ? path.join(root, 'dist/src/fetch-child/main.js') : undefined;
}

/** An upstream adapter that may reach the loopback address and has little patience. */
export function openUpstream(options: Partial<UpstreamOptions> = {}): Upstream {
  return createUpstream({
    policy: createAddressPolicy(['127.0.0.1']),
    idleTimeoutMs: 10_000,
    totalTimeoutMs: 50_000,
    maxListingBytes: 10_000_000,
    maxFetchBytes: 100_000_000,
    maxFetchMemoryBytes: 2 ** 31,
    keepSpareChild: false,
    fetchChildEntry: compiledFetchChild(),
    ...options,
  });
}

export function accessTo(url: string, user?: string, password = ''): UpstreamAccess {
  const credentials = user === undefined ? null : { user, password: new Secret(password) };
  return { url: parseUpstreamUrl(url).url, credentials, ssh: null };
}

export const never = new AbortController().signal;

/** The error of a promise that must fail, after checking that it is fit for people. */
export async function faultOf(work: Promise<unknown>): Promise<HeadwaterError> {
  const error: unknown = await work.then(
    () => {
      throw new Error('it should have failed');
    },
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HeadwaterError)) throw error;
  for (const text of [error.message, error.advice]) {
    if (!/^[A-Z].*[.]$/s.test(text) || /\bunknown\b|undefined|\{|\}/.test(text))
      throw new Error(`not a sentence for people: ${text}`);
  }
  return error;
}
