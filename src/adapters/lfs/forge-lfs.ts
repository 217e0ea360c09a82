import type { Readable } from 'node:stream';
import { HeadwaterError } from '../../domain/errors';
import { lfsKey, type LfsObject } from '../../domain/lfs-pointer';
import { BatchClient } from './batch';
import { forgeFault, refusedByForge, saidBy } from './errors';
import { putContent } from './put-content';
import type { Server } from './server';

export interface ForgeLfsOptions {
  readonly server: Omit<Server, 'translate'>;
  /** Address of the project's LFS server, without a slash at its end. */
  readonly endpoint: URL;
  /** Basic: nothing else is honoured on these paths. */
  readonly authorization: string;
  readonly secrets: readonly string[];
  readonly batchSize: number;
}

/**
 * The forge's side of a copy. Objects are sent to the address that Gitea and Forgejo are known to take them at, not to the
 * one in their answers: that one is built from ROOT_URL, which may be another than the one we reach the forge by, and our
 * token goes nowhere else.
 */
export class ForgeLfs {
  readonly #batch: BatchClient;
  readonly #server: Server;
  readonly #refusal: ReturnType<typeof refusedByForge>;

  constructor(private readonly options: ForgeLfsOptions) {
    this.#server = { ...options.server, translate: forgeFault };
    this.#refusal = refusedByForge(options.secrets);
    const { endpoint, authorization, batchSize } = options;
    this.#batch = new BatchClient({ ...this.#server, endpoint, authorization, refusal: this.#refusal }, batchSize);
  }

  /** Which objects the project lacks. Asks as for a download, because asking as for an upload changes things; see `wants`. */
  async lacks(objects: readonly LfsObject[]): Promise<{ missing: LfsObject[]; refused: Map<string, HeadwaterError> }> {
    const answers = await this.#batch.ask('download', objects);
    const missing: LfsObject[] = [];
    const refused = new Map<string, HeadwaterError>();
    for (const object of objects) {
      const { error, actions } = answers.get(object.oid) ?? {};
      if (error?.code === 422) {
        const why = 'the project has it with another size than its pointer says';
        refused.set(lfsKey(object), new HeadwaterError('lfs_object_corrupt', { oid: object.oid, why }));
      } else if (actions?.download === null || actions?.download === undefined) missing.push(object);
    }
    return { missing, refused };
  }

  /**
   * Asks to send objects, and answers by lfsKey: whether there is need to, or why it may not be. Gitea and Forgejo answer
   * that there is no need when our account can read the object in any other project, and put it into this one on the spot.
   * So this may only be asked for objects that the upstream has proved to have: a pointer alone must not bring another
   * project's content here (HOST-11).
   */
  async wants(objects: readonly LfsObject[]): Promise<Map<string, boolean | HeadwaterError>> {
    const answers = await this.#batch.ask('upload', objects);
    const wanted = new Map<string, boolean | HeadwaterError>();
    for (const object of objects) {
      const answer = answers.get(object.oid);
      if (answer === undefined)
        throw new HeadwaterError('forge_failed', {
          status: '200 and left an object out',
          doing: 'copying LFS objects',
        });
      const { error, actions } = answer;
      const refused = error !== null && error !== undefined;
      const isWanted = actions?.upload !== null && actions?.upload !== undefined;
      wanted.set(
        lfsKey(object),
        refused ? this.#refuses(object, saidBy(error.message ?? '', this.#secrets)) : isWanted,
      );
    }
    return wanted;
  }

  /** The forge checks size and SHA-256 itself, too. Raises lfs_object_refused, and the error of `content`. */
  async put(object: LfsObject, content: Readable | readonly Buffer[]): Promise<void> {
    const { endpoint, authorization } = this.options;
    const url = new URL(`${endpoint.href}/objects/${object.oid}/${object.size}`);
    const headers = {
      authorization,
      'content-type': 'application/octet-stream',
      'content-length': String(object.size),
    };
    const answer = await putContent(this.#server, { url, headers }, content);
    const { status, text } = answer;
    if (status >= 200 && status < 300) return;
    if (status === 413) throw this.#refuses(object, 'it is too large for the forge or a proxy before it (413)');
    if (status === 422) throw this.#refuses(object, saidBy(text, this.#secrets));
    throw this.#refusal(answer);
  }

  get #secrets(): readonly string[] {
    return this.options.secrets;
  }

  #refuses({ oid }: LfsObject, why: string): HeadwaterError {
    return new HeadwaterError('lfs_object_refused', { oid, why });
  }
}
