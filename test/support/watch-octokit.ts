import type { Octokit } from '@octokit/rest';
import { faultsOfAnswer } from './declared-answers';
import { undeclaredAnswers } from './undeclared-answers';

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
}

/** Looks at every answer that this client gets from a running server, and notes what is not as documented. */
export function watchOctokit(octokit: Octokit): Octokit {
  octokit.hook.wrap('request', async (send, options) => {
    const note = ({ status, headers, data }: Answered): void => {
      const { method, url } = octokit.request.endpoint(options);
      const { pathname } = new URL(url);
      const header = (name: string) => {
        const value = headers[name];
        return typeof value === 'string' ? value : undefined;
      };
      const text = data === undefined || data === '' ? '' : JSON.stringify(data);
      undeclaredAnswers.push(...faultsOfAnswer({ method, target: pathname, status, header, text }));
    };
    try {
      const answered = await send(options);
      note(answered);
      return answered;
    } catch (thrown) {
      const { response } = thrown as { response?: Answered };
      if (response !== undefined) note(response);
      throw thrown;
    }
  });
  return octokit;
}
