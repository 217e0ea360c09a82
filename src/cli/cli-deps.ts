import type { Readable, Writable } from 'node:stream';
import type { Secret } from '../domain/credentials';
import type { Backup } from '../domain/backup';
import type { Mirror } from '../domain/mirror';
import type { PluginManifest } from '../domain/plugin-manifest';
import type { Policy } from '../domain/policy';
import type { SchedulePolicy } from '../domain/schedule';
import type { Run } from '../domain/run';
import type { EnrolProjectDeps } from '../sync/enrol-project';
import type { RemoveDeps } from '../sync/remove-mirror';
import type { Forge } from '../ports/forge';
import type { NewProjects } from '../ports/new-projects';
import type { DoctorDeps } from '../install/doctor/doctor-deps';
import type { ForgeAdmin, ForgeProbe } from '../ports/forge-admin';
import type { ForgeFolder } from '../ports/forge-folder';
import type { Machine } from '../ports/machine';
import type { Notices } from '../ports/notices';
import type { PushMirror, PushMirrors } from '../ports/push-mirrors';
import type { RunQueue } from '../ports/run-queue';
import type { SettingsFile } from '../ports/settings-file';
import type { Ssh } from '../ports/ssh';
import type { Store } from '../ports/store';
import type { Upstream } from '../ports/upstream';

/** Where a command reads and writes; results go to `out`, everything else to `err`. */
export interface CliIo {
  readonly in: Readable & { readonly isTTY?: boolean };
  readonly out: Writable;
  readonly err: Writable & { readonly isTTY?: boolean };
}

/** What the `mirror` commands work on: the database and the queue themselves. */
export interface CliApp extends Omit<EnrolProjectDeps, 'forge' | 'queue' | 'notices' | 'ssh'>, RemoveDeps {
  readonly store: Store;
  readonly ssh: Ssh;
  readonly queue: Pick<RunQueue, 'ensure'>;
  readonly forge: Pick<Forge, 'account' | 'project' | 'projectByPath' | 'listRefs' | 'moveRefs'>;
  readonly newProjects: NewProjects;
  readonly pushMirrors: PushMirrors;
  /** Of Headwater's own account. */
  readonly ownToken: Secret;
  readonly listUpstream: Upstream['list'];
  readonly notices: Pick<Notices, 'publish' | 'subscribe'>;
  close(): Promise<void>;
}

export type Role = 'web' | 'worker';

/** What installing into a forge works with. */
export interface InstallerDeps {
  /** Raises manifest_invalid. */
  readonly manifest: () => PluginManifest;
  /** The script of the forge's settings page. */
  readonly script: () => string;
  /** Of the environment. */
  readonly adminToken: () => Secret | null;
  readonly openForge: (url: string, adminToken: Secret) => { readonly admin: ForgeAdmin; readonly probe: ForgeProbe };
  readonly settingsFile: (path: string) => SettingsFile;
  /** The forge's own folder. */
  readonly liveFolder: (
    customPath: string,
    forge: {
      readonly binary?: string | undefined;
      readonly config?: string | undefined;
      readonly command?: string | undefined;
    },
  ) => ForgeFolder;
  /** A folder to copy from. */
  readonly copyFolder: (path: string) => ForgeFolder;
  readonly page: Machine['page'];
  readonly newSecret: () => Secret;
  /** For the configuration as `serve` would read it. Raises config_invalid. */
  readonly openDoctor: (configFile: string | undefined, adminToken: Secret | null) => DoctorDeps;
}

export interface CliDeps {
  readonly io: CliIo;
  readonly version: string;
  /** The table of settings, for `serve --help`. */
  readonly settingsHelp: string;
  /** Opens what a command needs. Raises config_invalid, store_unavailable. */
  readonly open: (configFile: string | undefined) => Promise<CliApp>;
  /** Runs until it is told to stop. */
  readonly serve: (roles: readonly Role[], configFile: string | undefined) => Promise<void>;
  readonly installer: InstallerDeps;
  /** The API's presentations, so that --json says the same. */
  readonly present: {
    readonly mirror: (mirror: Mirror, activeRun: Run | null) => { readonly webhook: { readonly url: string | null } };
    readonly run: (run: Run) => object;
    readonly backup: (backup: Backup) => object;
    readonly pushMirror: (mirror: PushMirror) => object;
    readonly policy: (policy: Policy, settings: SchedulePolicy) => object;
  };
  /** Looks for the end of a run this often (ms); 500 by default. */
  readonly pollMs?: number;
  /** Says that no worker takes the run after this (ms); 5 s by default. */
  readonly patienceMs?: number;
}
