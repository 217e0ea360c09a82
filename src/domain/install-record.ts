/** A file that was written below the forge's CUSTOM_PATH. */
export interface RecordedFile {
  readonly folder: string;
  /** The forge's own folder, not one to copy from. */
  readonly live: boolean;
  readonly path: string;
  readonly kind: 'block' | 'whole';
  /** There was no such file before. */
  readonly madeFile: boolean;
  /** The topmost folder that was made for it. */
  readonly madeFolder: string | null;
}

/** What `headwater install` made in a forge, so that `headwater uninstall` takes away that and nothing else. No secrets. */
export interface InstallRecord {
  readonly forgeUrl: string;
  readonly account: {
    readonly login: string;
    /** Made by the installer, not found. */
    readonly made: boolean;
    /** Made a site admin by the installer. */
    readonly raised: boolean;
  } | null;
  readonly token: { readonly name: string } | null;
  readonly application: { readonly id: number } | null;
  readonly webhook: { readonly id: number; readonly url: string } | null;
  readonly files: readonly RecordedFile[];
  /** Names of the settings that were written. */
  readonly settings: readonly string[];
}

export function emptyRecord(forgeUrl: string): InstallRecord {
  return { forgeUrl, account: null, token: null, application: null, webhook: null, files: [], settings: [] };
}
