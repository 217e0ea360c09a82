/** What an issue of ours is found by: a text inside its body that no reader sees and no other issue has. */
export interface IssueMark {
  readonly project: { readonly owner: string; readonly name: string };
  readonly mark: string;
}

/** Issues by which Headwater's own account tells a project's people something. Both raise forge_issue_denied, forge_project_archived. */
export interface ForgeIssues {
  /** Answers the number of the open issue with this mark, which is opened unless it is there. Texts are Markdown. */
  openIssue(issue: IssueMark & { readonly title: string; readonly body: string }): Promise<number>;

  /** Comments the open issue with this mark and closes it. null: it is closed already, or somebody deleted it. */
  closeIssue(issue: IssueMark & { readonly comment: string }): Promise<number | null>;
}
