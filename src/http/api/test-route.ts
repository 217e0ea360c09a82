import type { Response } from 'express';
import { shortName } from '../../domain/git-ref';
import { testConnection } from '../../sync/test-connection';
import { readSettings, settingsBody } from './mirror-routes';
import { presentFault } from './present';
import { defineRoute } from './route';

export const postTest = defineRoute({
  method: 'post',
  path: '/repos/:owner/:repo/mirror/test',
  need: 'write',
  summary: 'Test a connection with these settings, over the stored ones, before they are saved; changes nothing',
  body: settingsBody,
  limits: { perMinute: 10, atOnce: 4 },
  handle: async ({ deps, caller, body, response }) => {
    const gone = AbortSignal.any([deps.closing, whenClosed(response)]);
    const found = await testConnection(deps, caller.project, readSettings(body, caller.login), gone);
    response.json({
      url: found.url,
      branches: found.branches,
      tags: found.tags,
      default_branch: found.defaultBranch === null ? null : shortName(found.defaultBranch),
      project_branches: found.projectBranches,
      warnings: found.warnings.map(presentFault),
    });
  },
});

/** Nobody waits for the answer any more. */
function whenClosed(response: Response): AbortSignal {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  return closed.signal;
}
