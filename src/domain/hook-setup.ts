import { parseUpstreamUrl } from './upstream-url';

export type HookForge = 'github' | 'gitlab' | 'gitea' | 'forgejo' | 'bitbucket' | 'other';

/** How the owner of an upstream makes it tell Headwater of a push. */
export interface HookSetup {
  readonly forge: HookForge;
  /** The page of the upstream where webhooks are added; null where that cannot be told from its address. */
  readonly page: string | null;
  /** What to enter there, one or two sentences. */
  readonly steps: string;
}

const steps: Readonly<Record<HookForge, string>> = {
  github:
    'Payload URL: this address. Content type: application/json. Enter the secret and choose "Just the push event".',
  gitlab: 'URL: this address. Enter the secret as "Secret token" and choose push events and tag push events.',
  gitea: 'Target URL: this address. Content type: application/json. Enter the secret and choose "Push events".',
  forgejo: 'Target URL: this address. Content type: application/json. Enter the secret and choose "Push events".',
  bitbucket: 'URL: this address. Enter the secret and choose the trigger "Repository push".',
  other: 'Send a POST to this address after each push, with the secret in the header "Authorization: Bearer …".',
};

const hosts: Readonly<Record<string, HookForge>> = {
  'github.com': 'github',
  'gitlab.com': 'gitlab',
  'gitea.com': 'gitea',
  'codeberg.org': 'forgejo',
  'bitbucket.org': 'bitbucket',
};

/** Below the repository's page (checked against the routes of each). */
const pages = {
  github: '/settings/hooks/new',
  gitlab: '/-/hooks',
  gitea: '/settings/hooks/gitea/new',
  forgejo: '/settings/hooks/forgejo/new',
  bitbucket: '/admin/webhooks',
} as const;

/** The one way for an upstream at a host that is known; all of them for others, since an address does not tell what runs there. */
export function hookSetups(upstream: string): HookSetup[] {
  const { url } = parseUpstreamUrl(upstream);
  const known = hosts[url.host.replace(/^www\./, '')];
  const forges = known === undefined ? (Object.keys(steps) as HookForge[]) : [known];
  const page = pageOf(url.href, url.host, url.ssh !== null);
  return forges.map((forge) => ({
    forge,
    page: forge === 'other' ? null : addressOf(page, forge),
    steps: steps[forge],
  }));
}

/** The repository's page: for a clone address over http the same without ".git". */
function pageOf(href: string, host: string, isSsh: boolean): string {
  const { pathname, protocol, host: hostAndPort } = new URL(href);
  const path = pathname.replace(/\/+$/, '').replace(/\.git$/, '');
  // An ssh server's port says nothing about the web.
  return isSsh ? `https://${host.includes(':') ? `[${host}]` : host}${path}` : `${protocol}//${hostAndPort}${path}`;
}

function addressOf(page: string, forge: Exclude<HookForge, 'other'>): string {
  // Bitbucket Data Center clones from /scm/KEY/NAME and shows /projects/KEY/repos/NAME.
  const dataCenter =
    forge === 'bitbucket' ? /^(https?:\/\/[^/]+(?:\/[^/]+)*?)\/scm\/([^/]+)\/([^/]+)$/.exec(page) : null;
  if (dataCenter !== null) return `${dataCenter[1]}/projects/${dataCenter[2]}/repos/${dataCenter[3]}/settings/webhooks`;
  return `${page}${pages[forge]}`;
}
