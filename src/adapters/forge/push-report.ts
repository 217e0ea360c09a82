import type { RefName } from '../../domain/git-ref';

/** What git push says of one ref, in its porcelain form. */
export interface PushedRef {
  /** " " fast-forward, "+" forced, "*" new, "-" deleted, "=" up to date, "!" refused. */
  readonly flag: string;
  /** Such as "[new branch]" or "[remote rejected]". */
  readonly summary: string;
  /** The words in brackets after the summary; empty if there are none. */
  readonly reason: string;
}

/** A finished `git push --porcelain`. */
export interface PushReport {
  readonly refs: ReadonlyMap<RefName, PushedRef>;
  /** What the other side's hooks and git printed, without git's own "remote: ". */
  readonly remoteLines: readonly string[];
  /** What the local git complained about. */
  readonly localLines: readonly string[];
}

/** Reads what git push printed; unknown lines are passed over. */
export function parsePushReport(output: { readonly stdout: string; readonly stderr: string }): PushReport {
  const refs = new Map<RefName, PushedRef>();
  for (const line of output.stdout.split('\n')) {
    const [flag = '', refspec = '', outcome = ''] = line.split('\t');
    const ref = refspec.slice(refspec.lastIndexOf(':') + 1);
    if (flag.length !== 1 || !ref.startsWith('refs/')) continue;
    const [, summary = outcome, reason = ''] = /^(\[[^\]]*\]|\S+) ?(?:\((.*)\))?$/.exec(outcome) ?? [];
    refs.set(ref, { flag, summary, reason });
  }
  const lines = output.stderr.split(/[\n\r]/).map((line) => line.trimEnd());
  const isRemote = (line: string) => line.startsWith('remote:');
  return {
    refs,
    remoteLines: lines.filter(isRemote).map((line) => line.replace(/^remote: ?/, '')),
    localLines: lines.filter((line) => line !== '' && !isRemote(line)),
  };
}

/** What became of one ref. Texts are the other side's own. */
export type RefVerdict =
  | { readonly kind: 'arrived' }
  | { readonly kind: 'up_to_date' }
  /** It was not at the value that it had to be at. */
  | { readonly kind: 'moved' }
  | { readonly kind: 'conflict'; readonly other: RefName }
  /** A hook looked at the whole portion and refused all of it. */
  | { readonly kind: 'portion_refused' }
  /** The update hook refused this ref. */
  | { readonly kind: 'hook_declined'; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string }
  /** The forge looked into what was sent and found objects missing. */
  | { readonly kind: 'objects_missing' }
  /** The forge could not take what was sent. */
  | { readonly kind: 'unpack_failed' }
  /** Nothing is known: no line for this ref, or the answer got lost. */
  | { readonly kind: 'unknown' };

/** Judges one ref. The words are those of git's builtin/receive-pack.c and of refs/files-backend.c. */
export function verdictOf(report: PushReport, ref: RefName): RefVerdict {
  const pushed = report.refs.get(ref);
  if (pushed === undefined || pushed.summary === '[remote failure]') return { kind: 'unknown' };
  if (pushed.flag === '=') return { kind: 'up_to_date' };
  if (pushed.flag !== '!') return { kind: 'arrived' };
  const { reason } = pushed;
  if (pushed.summary === '[rejected]') return { kind: 'moved' };
  if (reason === 'pre-receive hook declined') return { kind: 'portion_refused' };
  if (reason === 'hook declined') return { kind: 'hook_declined', text: updateHookText(report, ref) };
  if (reason === 'missing necessary objects') return { kind: 'objects_missing' };
  if (reason.startsWith('unpacker error')) return { kind: 'unpack_failed' };
  return lockVerdict(report, ref) ?? { kind: 'refused', text: reason };
}

/** "failed to update ref": why stands in the lines of the forge's git. */
function lockVerdict(report: PushReport, ref: RefName): RefVerdict | null {
  const line = report.remoteLines.find((text) => text.includes(`'${ref}'`) && text.includes('cannot lock ref'));
  if (line === undefined) return null;
  const other = /: '([^']+)' exists; cannot create/.exec(line)?.[1];
  if (other !== undefined) return { kind: 'conflict', other };
  if (/is at [0-9a-f]+ but expected|reference already exists|unable to resolve reference/.test(line))
    return { kind: 'moved' };
  return null;
}

/** An update hook's words come right before git's own line about it. */
function updateHookText(report: PushReport, ref: RefName): string {
  const end = report.remoteLines.findIndex((line) => line.includes(`hook declined to update ${ref}`));
  const before = report.remoteLines.slice(0, Math.max(end, 0));
  const start = before.findLastIndex((line) => line.includes('hook declined to update'));
  return plainText(before.slice(start + 1));
}

/** Why the forge refused a whole portion, as far as its words are known. */
export type Refusal =
  | { readonly kind: 'branch_protected'; readonly ref: RefName }
  /** The rule takes signed commits only. */
  | { readonly kind: 'branch_unsigned'; readonly ref: RefName }
  /** The rule protects a file that is changed. */
  | { readonly kind: 'branch_file_protected'; readonly ref: RefName; readonly file: string }
  | { readonly kind: 'tag_protected'; readonly ref: RefName }
  | { readonly kind: 'no_write_access' }
  | { readonly kind: 'quota' }
  | { readonly kind: 'hook'; readonly text: string };

/**
 * The words are Forgejo 11's (routers/private/hook_pre_receive.go), which are Gitea's but for the name before them; newer Giteas
 * say "error:" there (1.26.0, cmd/serv.go).
 */
export function refusalOf(report: PushReport): Refusal {
  for (const line of report.remoteLines) {
    const own = /^(?:Forgejo|Gitea|error): (.*)$/.exec(line)?.[1]?.trim();
    if (own === undefined) continue;
    if (own.startsWith('User permission denied')) return { kind: 'no_write_access' };
    if (own.startsWith('Quota exceeded')) return { kind: 'quota' };
    const branch = /^(?:Not allowed to (?:force-)?push to protected branch|branch) (\S+)/.exec(own)?.[1];
    if (branch !== undefined && own.includes('protected')) return branchRefusal(`refs/heads/${branch}`, own);
    const tag = /^Tag (\S+) is protected/.exec(own)?.[1];
    if (tag !== undefined) return { kind: 'tag_protected', ref: `refs/tags/${tag}` };
  }
  return { kind: 'hook', text: plainText(report.remoteLines) };
}

function branchRefusal(ref: RefName, own: string): Refusal {
  if (own.includes('is protected from unverified commit')) return { kind: 'branch_unsigned', ref };
  const file = / is protected from changing file (.+)$/.exec(own)?.[1];
  return file === undefined ? { kind: 'branch_protected', ref } : { kind: 'branch_file_protected', ref, file };
}

/** What hooks said, without the forge's hints, git's own frame and blank lines. */
export function plainText(lines: readonly string[]): string {
  return lines
    .filter((line) => !line.startsWith('error: hook declined'))
    .map((line) => line.replace(/^(?:Forgejo|Gitea|error):/, '').trim())
    .filter((line) => line !== '' && !/^(?:Create a new pull request|https?:\/\/\S+$)/.test(line))
    .join(' ');
}

/** The local git could not read what it was to send: something in the cache is damaged or gone. */
export function isCacheDamaged(report: PushReport): boolean {
  return report.localLines.some((line) =>
    /bad object|does not match any|unable to read|missing (?:blob|tree|commit|object)|could not read [0-9a-f]{40}|is corrupt|object file .* is empty|loose object|packfile .* (?:cannot|truncated|does not)|bad (?:tree|revision)|not a git repository|inflate: data|pack-objects died/i.test(
      line,
    ),
  );
}
