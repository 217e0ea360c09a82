/** Of a project: what a person may do with it. */
export type ProjectPermission = 'read' | 'write' | 'admin';

export type ForgeKind = 'forgejo' | 'gitea';

/** Whether the panel stands in place of the forge's own section or above it. */
export type SectionStand = 'replace' | 'above';

/** The section of the forge's settings page that the panel takes over; all are CSS selectors. */
export interface PanelSection {
  readonly marks: readonly string[];
  readonly block: string;
  readonly whenFound: SectionStand;
  readonly whenNativeMirror: SectionStand;
  readonly whenAbsent: { readonly insertBefore: readonly string[]; readonly appendTo: readonly string[] };
}

/**
 * plugin-manifest.json: what the add-on is and what it needs of a forge. plugin-manifest.schema.json tells every field;
 * whatever the installer does follows from here. Paths are Headwater's own, below its public address.
 */
export interface PluginManifest {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly forges: readonly { readonly kind: ForgeKind; readonly versions: string }[];
  readonly account: {
    readonly login: string;
    readonly scopes: readonly string[];
    readonly projectPermission: ProjectPermission;
  };
  readonly installer: { readonly scopes: readonly string[] };
  readonly oauth: { readonly redirectPaths: readonly string[]; readonly scopes: readonly string[] };
  readonly webhook: { readonly path: string; readonly events: readonly string[] };
  readonly settingsPanel: {
    readonly title: string;
    /** With {owner} and {repo}. */
    readonly address: string;
    readonly answersWithinSeconds: number;
    readonly section: PanelSection;
  };
  readonly repositoryTab: {
    readonly title: string;
    readonly address: string;
    readonly icon: string;
    readonly audience: 'write' | 'admin';
  };
  readonly topLink: { readonly title: string; readonly address: string };
  readonly api: { readonly base: string };
  readonly health: { readonly live: string; readonly ready: string };
}
