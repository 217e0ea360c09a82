import type { CatalogueEntry } from './catalogue-entry';

/** What can go wrong while Headwater is installed into a forge, or taken out of it. */
export const installFaults = {
  manifest_invalid: {
    kind: 'bug',
    class: 'ours',
    message: 'plugin-manifest.json of this Headwater is not valid: {why}.',
    advice: 'Install Headwater anew; its files were changed.',
  },
  admin_token_missing: {
    kind: 'user',
    class: 'request',
    message: 'There is no admin token: {why}.',
    advice:
      "Give a site admin's token with --admin-token-file (- is the standard input), in HEADWATER_ADMIN_TOKEN, or on a terminal when asked.",
  },
  admin_token_refused: {
    kind: 'user',
    class: 'request',
    message: 'The forge does not let this token administer it: {why}.',
    advice: 'Make a token as a site admin, with the scopes {scopes}.',
  },
  forge_unsupported: {
    kind: 'user',
    class: 'request',
    message: 'The forge is {found}, which this Headwater does not support.',
    advice: 'Supported are {supported}.',
  },
  forge_lacks: {
    kind: 'user',
    class: 'request',
    message: 'The forge has {what} switched off.',
    advice: 'Switch it on in app.ini: {cure}.',
  },
  account_unusable: {
    kind: 'user',
    class: 'request',
    message: 'The forge makes no token for the account {account} over its API.',
    advice:
      'Make one on its server: forgejo admin user generate-access-token --username {account} --scopes {scopes}; put it into the configuration file as HEADWATER_FORGE_TOKEN, then install again.',
  },
  account_owns_projects: {
    kind: 'user',
    class: 'request',
    message: 'The account {account} still owns projects, so it was left.',
    advice: 'Move or delete its projects in the forge, then uninstall again.',
  },
  install_needs_public_url: {
    kind: 'user',
    class: 'request',
    message: "Headwater's own address is not known.",
    advice: 'Give it with --public-url: the address under which browsers and the forge will reach Headwater.',
  },
  install_needs_config: {
    kind: 'user',
    class: 'request',
    message: 'There is no file to keep the new secrets in.',
    advice: 'Name one with --write-config; "headwater serve --config" reads it.',
  },
  install_not_recorded: {
    kind: 'user',
    class: 'request',
    message: 'Nothing is recorded beside {file} as installed.',
    advice: 'Name the configuration file that "headwater install" wrote with --config.',
  },
  install_folder_missing: {
    kind: 'user',
    class: 'request',
    message: 'There is no folder {folder}, nor one that it could be made in.',
    advice:
      'Name the custom folder of the forge: its Site Administration, Configuration, Summary shows it as Custom file root path.',
  },
  install_files_denied: {
    kind: 'user',
    class: 'request',
    message: 'The file {file} cannot be written ({why}).',
    advice: 'Run as a user who may write there, such as the one that the forge runs as.',
  },
  templates_refused: {
    kind: 'user',
    class: 'request',
    message: 'The forge did not take the templates: {why}.',
    advice: 'Everything was put back as it was. Look whether a template of your own in the same folder has this fault.',
  },
} as const satisfies Record<string, CatalogueEntry>;
