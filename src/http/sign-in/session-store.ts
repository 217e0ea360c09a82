import { createHash } from 'node:crypto';
import { Store, type SessionData } from 'express-session';
import { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { SecretBox } from '../../ports/secret-box';
import type { Sessions } from '../../ports/sessions';
import type { SessionLife } from './session-data';

export interface SessionStoreDeps {
  readonly sessions: Sessions;
  readonly secrets: SecretBox;
  readonly life: SessionLife;
  /** Epoch ms. */
  readonly now: () => number;
}

/** A request less than this (ms) after the last one is not worth a write. */
const touchAfterMs = 60_000;

type Done<T = void> = (error?: unknown, result?: T) => void;

/** Sessions of express-session in the database: the id hashed, the contents sealed and bound to it. */
export class SealedSessionStore extends Store {
  constructor(private readonly deps: SessionStoreDeps) {
    super();
  }

  override get(id: string, done: Done<SessionData | null>): void {
    settle(this.#read(id), done);
  }

  override set(id: string, session: SessionData, done: Done = () => undefined): void {
    settle(this.#write(id, session), done);
  }

  override touch(id: string, session: SessionData, done: Done = () => undefined): void {
    const until = this.#until(session);
    if (until - (session.storedUntil ?? 0) < touchAfterMs) return done();
    settle(this.deps.sessions.extend(hashed(id), until), done);
  }

  override destroy(id: string, done: Done = () => undefined): void {
    settle(this.deps.sessions.remove(hashed(id)), done);
  }

  async #read(id: string): Promise<SessionData | null> {
    const record = await this.deps.sessions.get(hashed(id));
    if (record === null || record.expiresAt <= this.deps.now()) return null;
    try {
      const data = JSON.parse(this.deps.secrets.open(record.sealed, contextOf(record.id)).reveal()) as SessionData;
      return { ...data, storedUntil: record.expiresAt };
    } catch (thrown) {
      // The sealing key is another one by now: sign in again.
      if (thrown instanceof HeadwaterError && thrown.code === 'secret_unreadable') return null;
      throw thrown;
    }
  }

  async #write(id: string, session: SessionData): Promise<void> {
    const key = hashed(id);
    const sealed = this.deps.secrets.seal(new Secret(JSON.stringify(session)), contextOf(key));
    await this.deps.sessions.put({ id: key, sealed, expiresAt: this.#until(session) }, this.deps.now());
  }

  #until({ signedIn }: SessionData): number {
    const { life, now } = this.deps;
    const idle = now() + life.idleMs;
    return signedIn === undefined ? idle : Math.min(idle, signedIn.since + life.absoluteMs);
  }
}

function hashed(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}

function contextOf(hashedId: string): string {
  return `session/${hashedId}`;
}

function settle<T>(work: Promise<T>, done: Done<T>): void {
  work.then(
    (result) => done(null, result),
    (thrown: unknown) => done(thrown),
  );
}
