/** The admin of the project who answers for a mirror: who made it, last chose its upstream or credentials, or resumed it. */
export interface Maintainer {
  /** The forge's number of the account, whose name may change. */
  readonly id: number;
  /** When it was last seen. */
  readonly login: string;
  /** A site admin at that time, who needs to be in no list of the project. */
  readonly siteAdmin: boolean;
}
