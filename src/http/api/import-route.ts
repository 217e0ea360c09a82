import { z } from 'zod';
import { HeadwaterError } from '../../domain/errors';
import { importProject } from '../../sync/import-project';
import { settingsFaults } from './answers/fault-groups';
import { createdMirror } from './answers/mirror';
import { describeMirror } from './find-mirror';
import { exampleSettings, readSettings, settingsBody } from './mirror-routes';
import { presentNotifySecret } from './present-notify';
import { presentFault } from './present';
import { defineAccountRoute } from './route';

const importBody = settingsBody.extend({
  owner: z.string().max(255).describe('Account or organization that is to own the project.'),
  name: z.string().max(255).describe('Name of the new project.'),
  description: z.string().max(2048).optional().describe('What the project is, for people.'),
  visibility: z.enum(['public', 'private']).optional().describe('private unless it says otherwise.'),
  private: z.boolean().optional().describe("The forge's way of saying it."),
});

export const postImport = defineAccountRoute({
  id: 'importProject',
  tag: 'New projects',
  method: 'post',
  path: '/repos/mirror',
  summary:
    'Make a project in the forge, as the caller, together with its mirror, which imports and follows the upstream',
  body: importBody,
  limits: { perMinute: 20, atOnce: 8 },
  example: { owner: 'group', name: 'project', visibility: 'private', ...exampleSettings },
  answers: { 201: createdMirror },
  faults: [...settingsFaults, 'project_exists', 'project_owner_denied', 'forge_quota'],
  handle: async ({ deps, access, account, body, request, response }) => {
    const { owner, name, description = '', visibility, private: isPrivate, ...settings } = body;
    if (visibility !== undefined && isPrivate !== undefined && (visibility === 'private') !== isPrivate)
      throw contradiction();
    const wanted = { owner, name, description, private: isPrivate ?? visibility !== 'public' };
    const token = access.token(request);
    const imported = await importProject(deps, token, wanted, readSettings(settings, account));
    const { mirror, warnings } = imported;
    const shown = await describeMirror(deps, mirror);
    response.status(201).json({ ...shown, ...presentNotifySecret(imported), warnings: warnings.map(presentFault) });
  },
});

function contradiction(): HeadwaterError {
  const fieldFaults = [{ field: 'visibility', message: 'contradicts "private"' }];
  return new HeadwaterError('input_invalid', { fields: 'visibility' }, { fieldFaults });
}
