import { httpStatusOf } from '../../domain/errors';
import type { FaultCode } from '../../domain/fault-catalogue';
import type { ShowFault } from '../error-handler';
import type { GitlabProblem } from './gitlab-answers';

/** What GitLab says in cases that its clients know; the status goes with it. */
const known: Partial<Record<FaultCode, readonly [status: number, message: string]>> = {
  token_missing: [401, '401 Unauthorized'],
  token_invalid: [401, '401 Unauthorized'],
  project_not_found: [404, '404 Project Not Found'],
  push_mirror_not_found: [404, '404 Not Found'],
  mirror_not_found: [400, 'The project is not mirrored'],
  mirror_disabled: [400, 'The project is not mirrored'],
  mirror_paused: [403, 'Mirroring for the project is on pause'],
  mirror_awaits_owner: [403, 'Mirroring for the project is on pause'],
};

/** The status that goes with a fault in GitLab's calls. */
export function gitlabStatusOf(code: FaultCode): number {
  return known[code]?.[0] ?? httpStatusOf(code);
}

/** `message` alone is GitLab's; `code` and `advice` are ours, for people who read the log of a client. */
export const showAsGitlab: ShowFault = (error, _request, response) => {
  const { code, message, advice } = error.toFault();
  const text = known[error.code]?.[1] ?? message;
  const fields = error.fieldFaults.map((entry) => `${entry.field} ${entry.message}`);
  const shown: GitlabProblem = { message: [text, ...fields].join('; '), code, advice };
  response.status(gitlabStatusOf(error.code)).json(shown);
};
