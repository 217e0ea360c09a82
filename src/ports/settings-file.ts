import type { Secret } from '../domain/credentials';
import type { InstallRecord } from '../domain/install-record';

/** Settings that the installer finds and writes; null: there is none. */
export interface InstalledSettings {
  readonly forgeUrl: string | null;
  readonly forgePublicUrl: string | null;
  readonly publicUrl: string | null;
  readonly forgeToken: Secret | null;
  readonly oauthClientId: string | null;
  readonly oauthClientSecret: Secret | null;
  readonly webhookSecret: Secret | null;
}

export type InstalledSetting = keyof InstalledSettings;

/** The configuration file that `headwater serve` reads, and beside it what was made in the forge. */
export interface SettingsFile {
  readonly path: string;
  /** Of the file; where the environment has one, that wins, as when serving. */
  read(): InstalledSettings;
  /** Changes these settings and leaves every other line as it is. The file is for its owner's eyes alone. */
  write(changes: Partial<InstalledSettings>): Promise<void>;
  /** Takes settings out; a file that holds nothing any more goes. */
  remove(names: readonly InstalledSetting[]): Promise<void>;
  record(): Promise<InstallRecord | null>;
  /** null: nothing is left. */
  keepRecord(record: InstallRecord | null): Promise<void>;
}
