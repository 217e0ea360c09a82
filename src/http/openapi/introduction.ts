import type { Tag } from './operation';

/** What stands before the calls, in CommonMark; blank lines part the paragraphs. */
export const introduction = `Pull mirroring for Gitea and Forgejo: a project of the forge follows an upstream repository.

**Signing in.** Send an access token of the forge, as \`Authorization: Bearer …\` or \`Authorization: token …\`. What you may do is what the forge lets you do; a project that you are no admin of looks like one that is not there.

**Errors.** Every failed call answers a problem: \`code\` for programs, \`message\` and \`advice\` for people, and with \`input_invalid\` each field in \`errors\`. 400 and 409 are for you to mend; 503 passes by itself, after \`Retry-After\` seconds where that is sent.

**Pages.** Lists take \`page\` and \`limit\`, and answer \`X-Total-Count\` and \`Link\` with the addresses of the other pages.

**Limits.** \`RateLimit\` and \`RateLimit-Policy\` say how many calls are left; 429 says in \`Retry-After\` how many seconds to wait.

**Octokit.** It takes a parameter named \`url\` for the address of the request itself, and would send your token there. Put the body into \`data\`, as the examples do.

Times are ISO 8601 in UTC. Fields and codes may be added, never taken away or given another meaning. Fields that are not known are refused.`;

export const tags: Readonly<Record<Tag, string>> = {
  Mirrors: 'The pull mirror of a project: make it, look at it, update it, stop it.',
  History: 'What runs did, what the next one would do, and how to put things back.',
  SSH: 'Keys and host keys of an upstream with an ssh address.',
  'Webhooks and notices': 'How the upstream tells Headwater, and how Headwater tells you.',
  'New projects': 'A project and its mirror in one call.',
  'Push mirrors': "The forge's own push mirrors, with the caller's token.",
  Audit: 'Who changed what.',
  'For site admins': 'All mirrors of the forge.',
  "GitLab's calls": 'For clients that were made for GitLab. Fields of other calls are passed over.',
  'What upstreams and the forge call': 'Receivers of webhooks.',
  'Health and description': 'What anybody may ask.',
};
