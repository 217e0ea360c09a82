import type http from 'node:http';
import type { Readable } from 'node:stream';
import { basicAuthorization } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import { lfsKey, type LfsObject } from '../../domain/lfs-pointer';
import type { LfsSource } from '../../domain/lfs-source';
import { BatchClient, type BatchObject } from './batch';
import { contentOf, holdContent } from './content';
import type { BlockPool } from './block-pool';
import { acceptLink, authorizationOf, loginHeaders, type DownloadLink } from './download-link';
import { busyUpstream, refusedByUpstream, saidBy, upstreamFault } from './errors';
import { HeldContent } from './held-content';
import { headOf, open, type Server } from './server';

/** The upstream's side of a copy: asks for links, and opens them. Every address goes through the guarded dialer. */
export class UpstreamLfs {
  #batch: BatchClient;
  #host: string;
  readonly #links = new Map<string, DownloadLink>();
  /** Why the LFS server is of no use: it is not asked twice, least of all with a password that it refused (NET-04). */
  #unusable: HeadwaterError | null = null;
  #source: LfsSource;
  #renewing: Promise<void> | null = null;
  #renewedAfterRefusal = false;

  constructor(
    source: LfsSource,
    private readonly server: Omit<Server, 'translate'>,
    private readonly batchSize: number,
    private readonly renew: (() => Promise<LfsSource>) | null,
  ) {
    this.#source = source;
    [this.#host, this.#batch] = this.#connect();
  }

  /**
   * Asks where the objects are, and answers by lfsKey those that are nowhere. Raises what may pass soon, and
   * lfs_upstream_unusable.
   */
  async locate(objects: readonly LfsObject[]): Promise<Map<string, HeadwaterError>> {
    if (this.#unusable !== null) throw this.#unusable;
    if ((this.#source.login?.expiresAt ?? Infinity) <= Date.now()) await this.#renew();
    const answers = await this.#ask(objects);
    const nowhere = new Map<string, HeadwaterError>();
    for (const object of objects) {
      const place = this.#place(object, answers.get(object.oid));
      if (place instanceof HeadwaterError) nowhere.set(lfsKey(object), place);
      else this.#links.set(lfsKey(object), place);
    }
    return nowhere;
  }

  /** Opens an object that was located. Raises lfs_object_*, and what may pass soon. */
  async open(object: LfsObject, onBytes: (bytes: number) => void): Promise<Readable> {
    const { server, response } = await this.#download(object);
    return contentOf(server, response, object, onBytes);
  }

  /** The same, and reads all of it, checked, into memory of this pool. */
  async read(object: LfsObject, pool: BlockPool, onBytes: (bytes: number) => void): Promise<HeldContent> {
    const { server, response } = await this.#download(object);
    const held = new HeldContent(object, pool);
    try {
      await holdContent(server, response, held, onBytes);
      return held;
    } catch (thrown) {
      held.release();
      throw thrown;
    }
  }

  async #download(object: LfsObject): Promise<{ server: Server; response: http.IncomingMessage }> {
    const { link, response } = await this.#openLink(object);
    const { status, location } = headOf(response);
    if (status === 200) return { server: this.#at(link), response };
    response.destroy();
    const busy = busyUpstream(link.url.hostname, headOf(response));
    if (busy !== null) throw busy;
    if (status === 404 || status === 410) throw new HeadwaterError('lfs_object_missing', { oid: object.oid });
    if (status >= 300 && status < 400 && location !== undefined)
      throw unavailable(object, 'its link redirects, and redirects are not followed');
    throw unavailable(object, `its link answered with status ${status}`);
  }

  /** Its link is needed no more. */
  forget(object: LfsObject): void {
    this.#links.delete(lfsKey(object));
  }

  async #ask(objects: readonly LfsObject[]): Promise<Map<string, BatchObject>> {
    try {
      return await this.#batch.ask('download', objects);
    } catch (thrown) {
      const why = this.#whyUnusable(thrown);
      if (why === null) throw thrown;
      // A login may end before its time.
      if (this.renew !== null && !this.#renewedAfterRefusal) {
        this.#renewedAfterRefusal = true;
        await this.#renew();
        return this.#ask(objects);
      }
      this.#unusable = why;
      throw why;
    }
  }

  /** Once for all that wait for it. */
  #renew(): Promise<void> {
    this.#renewing ??= (async () => {
      try {
        if (this.renew !== null) this.#source = await this.renew();
        [this.#host, this.#batch] = this.#connect();
      } finally {
        this.#renewing = null;
      }
    })();
    return this.#renewing;
  }

  #connect(): [string, BatchClient] {
    const source = this.#source;
    const endpoint = new URL(source.endpoint);
    const host = endpoint.hostname.replace(/^\[|\]$/g, '');
    const isHome = endpoint.origin === source.credentialsOrigin;
    const authorization = isHome ? authorizationOf(source) : null;
    const server = {
      ...this.server,
      translate: upstreamFault(host),
      endpoint,
      authorization,
      headers: isHome ? loginHeaders(source) : {},
      refusal: refusedByUpstream(
        host,
        authorization === null ? null : source.credentials === null ? 'ssh' : 'password',
      ),
    };
    return [host, new BatchClient(server, this.batchSize)];
  }

  /** Links may expire between being given and being used, so one that is refused is asked for anew, once. */
  async #openLink(object: LfsObject) {
    const known = this.#links.get(lfsKey(object));
    const link = known !== undefined && known.expiresAt > Date.now() ? known : await this.#relocate(object);
    const response = await this.#get(object, link);
    if (![401, 403, 410].includes(response.statusCode ?? 0)) return { link, response };
    response.destroy();
    const fresh = await this.#relocate(object);
    return { link: fresh, response: await this.#get(object, fresh) };
  }

  async #relocate(object: LfsObject): Promise<DownloadLink> {
    const nowhere = (await this.locate([object])).get(lfsKey(object));
    if (nowhere !== undefined) throw nowhere;
    return this.#links.get(lfsKey(object)) as DownloadLink;
  }

  #get(object: LfsObject, link: DownloadLink) {
    const { url, headers } = link;
    return open(this.#at(link), { url, method: 'GET', headers }).catch((thrown: unknown) => {
      // The link, not the upstream, is at fault.
      if (hasCode(thrown, 'url_blocked'))
        throw unavailable(object, 'its link leads to an address that Headwater may not connect to');
      if (hasCode(thrown, 'upstream_tls'))
        throw unavailable(object, `the certificate of ${url.hostname} was not accepted`);
      throw thrown;
    });
  }

  #at({ url }: DownloadLink): Server {
    return { ...this.server, translate: upstreamFault(url.hostname) };
  }

  #place(object: LfsObject, answer: BatchObject | undefined): DownloadLink | HeadwaterError {
    const { oid, size } = object;
    if (answer === undefined) return unavailable(object, 'the LFS server left it out of its answer');
    const { error, actions } = answer;
    if (error !== null && error !== undefined) {
      if (error.code === 404 || error.code === 410) return new HeadwaterError('lfs_object_missing', { oid });
      const said = saidBy(error.message ?? '', this.#secrets());
      return unavailable(object, `the LFS server answered ${error.code}: ${said}`);
    }
    if (typeof answer.size === 'number' && answer.size !== size)
      return new HeadwaterError('lfs_object_corrupt', {
        oid,
        why: `the LFS server has it with ${answer.size} bytes and its pointer says ${size}`,
      });
    const link = actions?.download;
    if (link === null || link === undefined) return new HeadwaterError('lfs_object_missing', { oid });
    const accepted = acceptLink(link, this.#source, { authenticated: answer.authenticated === true, now: Date.now() });
    return 'why' in accepted ? unavailable(object, `its link is not usable, because ${accepted.why}`) : accepted;
  }

  #secrets(): string[] {
    const { credentials, login } = this.#source;
    const headers = [...(login?.headers.values() ?? [])].map((value) => value.reveal().replace(/^\w+ /, ''));
    if (credentials === null) return headers;
    return [credentials.password.reveal(), basicAuthorization(credentials).slice(6), ...headers];
  }

  /** What will be no different next time keeps back what needs LFS, and nothing else. */
  #whyUnusable(thrown: unknown): HeadwaterError | null {
    const host = this.#host;
    if (hasCode(thrown, 'lfs_upstream_unusable')) return thrown;
    if (hasCode(thrown, 'url_blocked'))
      return new HeadwaterError('lfs_upstream_unusable', { host, why: 'Headwater may not connect to its address' });
    if (hasCode(thrown, 'upstream_tls'))
      return new HeadwaterError('lfs_upstream_unusable', { host, why: 'its TLS certificate was not accepted' });
    return null;
  }
}

function unavailable({ oid }: LfsObject, why: string): HeadwaterError {
  return new HeadwaterError('lfs_object_unavailable', { oid, why });
}

function hasCode(thrown: unknown, code: HeadwaterError['code']): thrown is HeadwaterError {
  return thrown instanceof HeadwaterError && thrown.code === code;
}
