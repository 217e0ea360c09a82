/** Addresses of one project's pages, in the panel and in the forge. */
export interface PanelLinks {
  readonly settings: string;
  readonly status: string;
  readonly history: string;
  readonly events: string;
  readonly state: string;
  readonly assets: string;
  readonly how: string;
  /** Opens a box below a mirror. */
  open(box: Box, push?: string): string;
  run(id: string): string;
  /** A page of the replaced values that are kept; `asked`: one that may be put back. */
  backups(page: number, asked?: string): string;
  plan(id: string): string;
  /** Where a form is sent. */
  act(action: string): string;
  signIn(returnTo: string): string;
  readonly forge: {
    readonly project: string;
    readonly settings: string;
    readonly collaborators: string;
    branchRules: string;
  };
}

/** What can stand open below the buttons. */
export type Box = 'add' | 'edit' | 'password' | 'key' | 'delete';

/** `base` is the path below which Headwater is served, without a slash at the end; `forgeUrl` as a browser sees it. */
export function panelLinks(base: string, forgeUrl: string, owner: string, repo: string): PanelLinks {
  const path = `${encodeURIComponent(owner)}/${encodeURIComponent(repo)}`;
  const here = `${base}/panel/${path}`;
  const project = `${forgeUrl}/${path}`;
  return {
    settings: here,
    status: `${here}/status`,
    history: `${here}/history`,
    events: `${here}/events`,
    state: `${here}/state`,
    assets: `${base}/panel/assets`,
    how: `${base}/panel/how`,
    open: (box, push) => `${here}?open=${box}${push === undefined ? '' : `&push=${encodeURIComponent(push)}`}`,
    run: (id) => `${here}/history?run=${encodeURIComponent(id)}`,
    backups: (page, asked) =>
      `${here}/history?kept=${page}${asked === undefined ? '' : `&open=${encodeURIComponent(asked)}`}`,
    plan: (id) => `${here}/plan/${encodeURIComponent(id)}`,
    act: (action) => `${here}/${action}`,
    signIn: (returnTo) => `${base}/oauth/login?return_to=${encodeURIComponent(returnTo)}`,
    forge: {
      project,
      settings: `${project}/settings`,
      collaborators: `${project}/settings/collaboration`,
      branchRules: `${project}/settings/branches`,
    },
  };
}
