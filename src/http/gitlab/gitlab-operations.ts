import { z } from 'zod';
import type { FaultCode } from '../../domain/fault-catalogue';
import { answer, type Answer } from '../api/answers/answer';
import { pushFaults, requestFaults, settingsFaults } from '../api/answers/fault-groups';
import { anyFaults, bodyFaults, faultsOfNeed } from '../openapi/common-faults';
import { forgeTokens } from '../openapi/api-operations';
import type { Operation, Parameter } from '../openapi/operation';
import { gitlabProblem, gitlabPublicKey, gitlabPullMirror, gitlabRemoteMirror } from './gitlab-answers';
import { gitlabStatusOf } from './gitlab-fault';
import { pageHeaders, pageParameters } from './gitlab-paging';
import { postBody, putBody } from './pull-mirror';
import { addBody, editBody } from './remote-mirror-fields';

const project: Parameter = {
  name: 'id',
  in: 'path',
  description: 'Id of the project in the forge, or owner%2Fname.',
  schema: { type: 'string' },
};
const mirrorId: Parameter = {
  name: 'mirror_id',
  in: 'path',
  description: '`id` of the push mirror.',
  schema: { type: 'integer', minimum: 0 },
};
const contentTypes = ['application/json', 'application/x-www-form-urlencoded'];

const pull = '/api/v4/projects/{id}/mirror/pull';
const push = '/api/v4/projects/{id}/remote_mirrors';

type Part = Pick<Operation, 'id' | 'method' | 'path' | 'summary' | 'answers'> &
  Partial<Pick<Operation, 'parameters' | 'body'>> & {
    readonly need: 'read' | 'write';
    readonly more: readonly FaultCode[];
  };

function operation({ need, more, parameters = [], body = null, ...rest }: Part): Operation {
  const scopes = [`${need}:repository`];
  return {
    ...rest,
    body,
    tag: "GitLab's calls",
    needs: `Admin right on the project; a token of the forge with the scope ${need}:repository, as PRIVATE-TOKEN.`,
    security: [{ privateToken: scopes }, ...forgeTokens(scopes)],
    parameters: [project, ...(rest.path.includes('{mirror_id}') ? [mirrorId] : []), ...parameters],
    faults: [...new Set([...anyFaults, ...faultsOfNeed(need), ...(body === null ? [] : bodyFaults), ...more])],
    problem: gitlabProblem,
    statusOf: gitlabStatusOf,
    paged: false,
  };
}

const onePull = (meaning: string): Answer => answer(meaning, gitlabPullMirror);
const oneRemote = (meaning: string): Answer => answer(meaning, gitlabRemoteMirror);
const one: readonly FaultCode[] = [...pushFaults, 'push_mirror_not_found'];
const added: readonly FaultCode[] = [
  'url_invalid',
  'url_scheme_forbidden',
  'url_blocked',
  'push_mirror_unsupported',
  'push_mirror_is_upstream',
  'host_not_allowed',
  'scheme_not_allowed',
  'mirroring_denied',
  'push_mirroring_denied',
  'push_mirror_address_refused',
  'push_mirror_refused',
];

/** GitLab's own calls, as far as they are answered (gitlab-router). */
export function gitlabOperations(): Operation[] {
  const edit = { need: 'write', body: { schema: editBody, contentTypes }, more: [...one, ...added] } as const;
  return [
    operation({
      id: 'getGitlabPullMirror',
      method: 'get',
      path: pull,
      summary: "A project's pull mirror",
      need: 'read',
      answers: { 200: onePull('The mirror.') },
      more: ['mirror_not_found'],
    }),
    operation({
      id: 'saveGitlabPullMirror',
      method: 'put',
      path: pull,
      summary: 'Create the pull mirror or change it',
      need: 'write',
      body: {
        schema: putBody,
        contentTypes,
        example: { enabled: true, url: 'https://example.org/upstream.git', auth_user: 'bot', auth_password: '…' },
      },
      answers: { 200: onePull('The mirror as it is now.') },
      more: settingsFaults,
    }),
    operation({
      id: 'startGitlabPullMirror',
      method: 'post',
      path: pull,
      summary: 'Update now; with `import_url`, as gitbeaker creates a pull mirror, the same as PUT',
      need: 'write',
      parameters: [
        {
          name: 'force',
          in: 'query',
          description: 'true also wakes a mirror that is paused after failures.',
          schema: { type: 'boolean' },
        },
      ],
      body: { schema: postBody, contentTypes },
      answers: { 200: onePull('The mirror was created or changed.'), 202: onePull('The run is queued.') },
      more: [...settingsFaults, ...requestFaults],
    }),
    operation({
      id: 'listGitlabRemoteMirrors',
      method: 'get',
      path: push,
      summary: "A project's push mirrors",
      need: 'read',
      parameters: pageParameters,
      answers: { 200: { ...answer('One page of them.', z.array(gitlabRemoteMirror)), headers: pageHeaders } },
      more: [...pushFaults, 'input_invalid'],
    }),
    operation({
      id: 'addGitlabRemoteMirror',
      method: 'post',
      path: push,
      summary: 'Add a push mirror; user and password stand in its address',
      need: 'write',
      body: { schema: addBody, contentTypes, example: { url: 'https://bot:…@example.org/copy.git', enabled: true } },
      answers: { 201: oneRemote('The push mirror was added.') },
      more: [...pushFaults, ...added],
    }),
    operation({
      id: 'getGitlabRemoteMirror',
      method: 'get',
      path: `${push}/{mirror_id}`,
      summary: 'One push mirror',
      need: 'read',
      answers: { 200: oneRemote('The push mirror.') },
      more: one,
    }),
    operation({
      id: 'editGitlabRemoteMirror',
      method: 'put',
      path: `${push}/{mirror_id}`,
      summary: 'Change a push mirror: what it is already is taken, anything else is refused',
      answers: { 200: oneRemote('It is so already.') },
      ...edit,
    }),
    operation({
      id: 'editGitlabRemoteMirrorByPost',
      method: 'post',
      path: `${push}/{mirror_id}`,
      summary: 'The same, as gitbeaker sends it',
      answers: { 200: oneRemote('It is so already.') },
      ...edit,
    }),
    operation({
      id: 'deleteGitlabRemoteMirror',
      method: 'delete',
      path: `${push}/{mirror_id}`,
      summary: 'Remove a push mirror; what it pushed stays',
      need: 'write',
      answers: { 204: answer('The push mirror is gone.', null) },
      more: one,
    }),
    operation({
      id: 'syncGitlabRemoteMirror',
      method: 'post',
      path: `${push}/{mirror_id}/sync`,
      summary: "Push now; the forge pushes to all of the project's push mirrors",
      need: 'write',
      answers: { 204: answer('The push has begun.', null) },
      more: one,
    }),
    operation({
      id: 'getGitlabRemoteMirrorKey',
      method: 'get',
      path: `${push}/{mirror_id}/public_key`,
      summary: 'The public key of a push mirror with an ssh address',
      need: 'read',
      answers: { 200: answer('The key.', gitlabPublicKey) },
      more: [...one, 'push_mirror_has_no_key'],
    }),
  ];
}
