import { HeadwaterError } from '../../domain/errors';
import type { Forge } from '../../ports/forge';
import { authorizationToken, readProjectPath, readToken, type AccessPlaces } from '../api/access';

/**
 * Where GitLab's clients put things: the token in PRIVATE-TOKEN (or as a bearer), the project in :id, as a number or as
 * owner%2Frepo. A number is looked up with our own account; whether the caller may know of it is asked afterwards.
 */
export function gitlabPlaces(forge: Pick<Forge, 'project'>): AccessPlaces {
  return {
    token: (request) => {
      const token = request.get('private-token');
      return token === undefined ? authorizationToken(request) : readToken(token);
    },
    project: async (request) => {
      const { id } = request.params;
      if (typeof id !== 'string') throw new HeadwaterError('project_not_found');
      if (/^\d{1,15}$/.test(id)) return byNumber(forge, Number(id));
      const [owner, repo, ...more] = id.split('/');
      return readProjectPath(owner, more.length === 0 ? repo : undefined);
    },
  };
}

async function byNumber(forge: Pick<Forge, 'project'>, id: number): Promise<{ owner: string; repo: string }> {
  try {
    const { owner, name } = await forge.project(id);
    return { owner, repo: name };
  } catch (thrown) {
    if (thrown instanceof HeadwaterError && thrown.code === 'forge_project_missing')
      throw new HeadwaterError('project_not_found', {}, { cause: thrown });
    throw thrown;
  }
}
