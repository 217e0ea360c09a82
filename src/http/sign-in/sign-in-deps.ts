import type { Actor, AuditChange } from '../../domain/audit';
import type { Forge } from '../../ports/forge';
import type { Identity } from '../../ports/identity';
import type { Logger } from '../../ports/logger';
import type { SecretBox } from '../../ports/secret-box';
import type { SessionAccessDeps } from './session-access';
import type { SessionDeps } from './session-middleware';

export interface SignInDeps extends SessionDeps, SessionAccessDeps {
  readonly forge: Pick<Forge, 'caller' | 'callerRights'>;
  /** null: signing in is not set up. */
  readonly identity: Identity | null;
  readonly secrets: SecretBox;
  /** The forge as browsers see it, without a slash at the end. */
  readonly forgePublicUrl: string;
  /** Writes into the audit log who came and went. */
  readonly note: (actor: Actor, change: AuditChange) => Promise<void>;
  readonly log: Logger;
}
