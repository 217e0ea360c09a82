/** The forge's folder of custom files (CUSTOM_PATH), or a folder that stands for it until somebody copies it. */
export interface ForgeFolder {
  /** As a person knows it. */
  readonly path: string;
  /** live: the forge's own; its templates can be read again. copy: somebody has to copy it. */
  readonly kind: 'live' | 'copy';
  /** null: there is no such file. Raises install_files_denied, install_folder_missing. */
  read(path: string): Promise<string | null>;
  /**
   * Whole or not at all, owned as the folder is. Answers the topmost folder that had to be made for it, or null.
   * Raises install_files_denied.
   */
  write(path: string, text: string): Promise<string | null>;
  /** With the folders above it up to `madeFolder`, as far as they are empty then. Raises install_files_denied. */
  remove(path: string, madeFolder: string | null): Promise<void>;
  /**
   * Has the running forge read its templates again. Not done where its program or its configuration was not found or the
   * forge does not run: `command` is for a person then, and `why` a sentence. Raises templates_refused with the forge's own words.
   */
  reload(): Promise<Reload>;
}

export type Reload =
  { readonly done: true } | { readonly done: false; readonly command: string; readonly why: string | null };
