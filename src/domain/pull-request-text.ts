import { shortName, type RefName } from './git-ref';
import { headOf } from './pull-request';

const longestTitle = 200;

/** What people read of a pull request. Never the upstream's address: not everybody who sees the project may know it. */
export function pullRequestText(branch: RefName): { readonly title: string; readonly body: string } {
  const name = shortName(branch);
  const [target, head] = [code(name), code(shortName(headOf(branch)))];
  const title = `Merge ${name} from the upstream`;
  return {
    title: title.length <= longestTitle ? title : `${title.slice(0, longestTitle - 1)}…`,
    body: [
      `The upstream of this project and ${target} here have diverged: each has commits that the other lacks, or the upstream rewrote its history.`,
      `Headwater does not overwrite the branch. It offers the upstream's state here and moves ${head} as the upstream moves, so do not push to that branch.`,
      `- Merge, and the branch is followed again.\n- Close, and ${target} stays as it is; it is offered again when the upstream has something new.`,
    ].join('\n\n'),
  };
}

/** Inside such a span nothing in a stranger's branch name is a link, a mention or markup. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${text}${fence}` : `${fence} ${text} ${fence}`;
}
