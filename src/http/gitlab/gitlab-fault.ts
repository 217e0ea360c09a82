import type { FaultCode } from '../../domain/fault-catalogue';
import type { ShowFault } from '../error-handler';

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

/** `message` alone is GitLab's; `code` and `advice` are ours, for people who read the log of a client. */
export const showAsGitlab: ShowFault = (error, _request, response) => {
  const { code, message, advice } = error.toFault();
  const [status, text] = known[error.code] ?? [response.statusCode, message];
  const fields = error.fieldFaults.map((entry) => `${entry.field} ${entry.message}`);
  response.status(status).json({ message: [text, ...fields].join('; '), code, advice });
};
