import type { Response } from 'express';
import { shortName } from '../../domain/git-ref';
import { testConnection } from '../../sync/test-connection';
import { connectionWorks, type ConnectionTestAnswer } from './answers/connection-test';
import { connectionFaults, settingsFaults } from './answers/fault-groups';
import { exampleSettings, readSettings, settingsBody } from './mirror-routes';
import { presentFault } from './present';
import { defineRoute } from './route';

export const postTest = defineRoute({
  id: 'testConnection',
  tag: 'Mirrors',
  method: 'post',
  path: '/repos/:owner/:repo/mirror/test',
  need: 'write',
  summary: 'Test a connection with these settings, over the stored ones, before they are saved; changes nothing',
  body: settingsBody,
  limits: { perMinute: 10, atOnce: 4 },
  example: exampleSettings,
  answers: { 200: connectionWorks },
  faults: [...settingsFaults, ...connectionFaults],
  handle: async ({ deps, caller, body, response }) => {
    const gone = AbortSignal.any([deps.closing, whenClosed(response)]);
    const found = await testConnection(deps, caller.project, readSettings(body, caller.person), gone);
    const shown: ConnectionTestAnswer = {
      url: found.url,
      branches: found.branches,
      tags: found.tags,
      default_branch: found.defaultBranch === null ? null : shortName(found.defaultBranch),
      project_branches: found.projectBranches,
      warnings: found.warnings.map(presentFault),
    };
    response.json(shown);
  },
});

/** Nobody waits for the answer any more. */
function whenClosed(response: Response): AbortSignal {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  return closed.signal;
}
