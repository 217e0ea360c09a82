/** What a page that is open needs to stay true; the server tells it and the script in the browser reads it. */
export interface LiveState {
  /** Another than the page's: load the page again. */
  readonly state: string;
  readonly progress: {
    readonly line: string;
    readonly detail: string;
    readonly percent: number | null;
    /** For screen readers. */
    readonly spoken: string;
  } | null;
}
