import type { ForgeIssues } from '../../src/ports/forge-issues';

/** Issues of one project in memory. */
export class MemoryIssues implements ForgeIssues {
  readonly all: { readonly title: string; readonly body: string; open: boolean; readonly comments: string[] }[] = [];

  openIssue: ForgeIssues['openIssue'] = async ({ title, body, mark }) => {
    const known = this.#find(mark);
    return known >= 0 ? known + 1 : this.all.push({ title, body, open: true, comments: [] });
  };

  closeIssue: ForgeIssues['closeIssue'] = async ({ mark, comment }) => {
    const known = this.#find(mark);
    const issue = this.all[known];
    if (issue === undefined) return null;
    issue.comments.push(comment);
    issue.open = false;
    return known + 1;
  };

  #find(mark: string): number {
    return this.all.findIndex((issue) => issue.open && issue.body.includes(mark));
  }
}
