import { z } from 'zod';
import { HeadwaterError } from '../../domain/errors';
import { importProject } from '../../sync/import-project';
import { describeMirror } from './find-mirror';
import { readSettings, settingsBody } from './mirror-routes';
import { presentNotifySecret } from './present-notify';
import { presentFault } from './present';
import { defineAccountRoute } from './route';

const importBody = settingsBody.extend({
  owner: z.string().max(255),
  name: z.string().max(255),
  description: z.string().max(2048).optional(),
  /** Private unless it says otherwise. */
  visibility: z.enum(['public', 'private']).optional(),
  /** The forge's way of saying it. */
  private: z.boolean().optional(),
});

export const postImport = defineAccountRoute({
  method: 'post',
  path: '/repos/mirror',
  summary:
    'Make a project in the forge, as the caller, together with its mirror, which imports and follows the upstream',
  body: importBody,
  limits: { perMinute: 20, atOnce: 8 },
  handle: async ({ deps, access, account, body, request, response }) => {
    const { owner, name, description = '', visibility, private: isPrivate, ...settings } = body;
    if (visibility !== undefined && isPrivate !== undefined && (visibility === 'private') !== isPrivate)
      throw contradiction();
    const wanted = { owner, name, description, private: isPrivate ?? visibility !== 'public' };
    const token = access.token(request);
    const imported = await importProject(deps, token, wanted, readSettings(settings, account.login));
    const { mirror, warnings } = imported;
    const shown = await describeMirror(deps, mirror);
    response.status(201).json({ ...shown, ...presentNotifySecret(imported), warnings: warnings.map(presentFault) });
  },
});

function contradiction(): HeadwaterError {
  const fieldFaults = [{ field: 'visibility', message: 'contradicts "private"' }];
  return new HeadwaterError('input_invalid', { fields: 'visibility' }, { fieldFaults });
}
