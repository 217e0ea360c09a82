import { z } from 'zod';
import { httpStatusOf } from '../../domain/errors';
import { answer } from '../api/answers/answer';
import { problem } from '../api/answers/problem';
import { anyFaults } from '../openapi/common-faults';
import type { Operation } from '../openapi/operation';

const accepted = z.strictObject({ status: z.enum(['accepted', 'pong', 'ignored']).describe('What is made of it.') });
const noted = z.strictObject({ status: z.enum(['accepted', 'ignored']).describe('What is made of it.') });
/** Whatever the sender sends: it is checked over its bytes, and then read no further than the docs of each router say. */
const delivery = z.looseObject({});

const received: Pick<Operation, 'tag' | 'method' | 'body' | 'problem' | 'statusOf' | 'paged'> = {
  tag: 'What upstreams and the forge call',
  method: 'post',
  body: { schema: delivery, contentTypes: ['application/json'] },
  problem,
  statusOf: httpStatusOf,
  paged: false,
};

/** The receivers of hooks-router. The probe of the doctor is no part of the interface. */
export function hookOperations(): Operation[] {
  return [
    {
      ...received,
      id: 'takeUpstreamDelivery',
      path: '/hooks/upstream/{id}',
      summary: 'An upstream says that something was pushed; Headwater looks soon',
      needs:
        'A signature with the secret of the webhook, over the bytes as they are sent, as GitHub, Gitea, Forgejo and Bitbucket make it; or the secret itself, as GitLab and scripts send it. A wrong address and a wrong signature look alike.',
      security: [
        { githubSignature: [] },
        { bitbucketSignature: [] },
        { giteaSignature: [] },
        { forgejoSignature: [] },
        { gitlabToken: [] },
        { webhookSecret: [] },
      ],
      parameters: [
        { name: 'id', in: 'path', description: 'The end of `webhook.url` of the mirror.', schema: { type: 'string' } },
      ],
      answers: { 202: answer('accepted: a push; pong: a test of the address; ignored: another event.', accepted) },
      faults: [...anyFaults, 'delivery_refused', 'body_too_large', 'body_invalid', 'store_unavailable'],
    },
    {
      ...received,
      id: 'takeForgeDelivery',
      path: '/hooks/forge',
      summary: "The forge's system webhook says that something happened to a project; Headwater asks the forge what",
      needs: 'A signature with the secret that `headwater install` agreed on with the forge.',
      security: [{ giteaSignature: [] }, { forgejoSignature: [] }, { githubSignature: [] }],
      parameters: [],
      answers: { 202: answer('accepted, or ignored when it is about no project.', noted) },
      faults: [...anyFaults, 'delivery_refused', 'body_too_large', 'body_invalid'],
    },
  ];
}
