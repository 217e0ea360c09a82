import { gitFault, isPublicOnlyRefusal, isScopeRefusal, restFault } from '../../../src/adapters/forge/errors';
import { HeadwaterError } from '../../../src/domain/errors';
import type { HttpFault } from '../../../src/git-http/http-fault';

const status = (code: number, text: string): HttpFault => ({
  kind: 'status',
  status: code,
  text,
  retryAfterMs: undefined,
});
const transport = (code: string): HttpFault => ({ kind: 'transport', error: Object.assign(new Error(code), { code }) });

describe('faults of git at the forge', () => {
  // The texts were captured from Forgejo 11.0.1.
  const cases: readonly [string, HttpFault, string][] = [
    [
      'a refused token',
      status(401, 'Credentials are incorrect or have expired. Retry your command'),
      'forge_token_refused',
    ],
    ['nobody signed in', status(401, 'Unauthorized'), 'forge_token_refused'],
    ['a token without the scope', status(403, 'Forbidden\n'), 'forge_token_refused'],
    ['a project that the account cannot see', status(404, 'Repository not found'), 'forge_project_missing'],
    ['an owner that is gone', status(404, 'Not found.'), 'forge_project_missing'],
    ['a project that is gone', status(403, 'Push to create is not enabled for users.'), 'forge_project_missing'],
    [
      'an archived project',
      status(
        403,
        'This repo is archived. You can view files and clone it, but cannot push or open issues/pull-requests.',
      ),
      'forge_project_archived',
    ],
    ['a native mirror', status(403, 'mirror repository is read-only'), 'forge_project_is_native_mirror'],
    ['an account that is switched off', status(403, 'Your account is disabled.'), 'forge_token_refused'],
    ['any other refusal', status(403, 'User permission denied'), 'forge_push_denied'],
    ['a proxy without a forge behind it', status(502, '<html>'), 'forge_failed'],
    ['a proxy that takes no large bodies', status(413, '<html>'), 'forge_failed'],
    ['a redirect', { kind: 'redirect', target: 'http://127.0.0.1/owner/other' }, 'forge_failed'],
    ['a web page', { kind: 'not_git', why: 'a web page came back' }, 'forge_failed'],
    ['an ERR line', { kind: 'refused', text: 'access denied' }, 'forge_failed'],
    ['a SHA-256 repository', { kind: 'unsupported', feature: 'sha256' }, 'forge_failed'],
    ['an answer without end', { kind: 'too_large', limit: 1 }, 'forge_failed'],
    ['an answer that broke off', { kind: 'broken_off', phase: 'receiving data' }, 'forge_push_failed'],
    ['silence', { kind: 'stalled', phase: 'sending', idleTimeoutMs: 60_000 }, 'forge_push_failed'],
    ['the time limit', { kind: 'timeout', totalTimeoutMs: 60_000 }, 'forge_push_failed'],
    ['a refused connection', transport('ECONNREFUSED'), 'forge_unreachable'],
    ['an unknown host', transport('ENOTFOUND'), 'forge_unreachable'],
    ['a TLS fault', transport('DEPTH_ZERO_SELF_SIGNED_CERT'), 'forge_unreachable'],
  ];

  test.each(cases)('%s', (_, fault, code) => {
    const error = gitFault({ doing: 'pushing', account: 'headwater' })(fault);
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('unknown');
    expect(error.advice).not.toContain('unknown');
  });

  test('an answer that breaks off while refs are listed means that the forge is out of reach', () => {
    const translate = gitFault({ doing: 'listing the refs', account: 'headwater' });
    expect(translate({ kind: 'broken_off', phase: 'listing refs' }).code).toBe('forge_unreachable');
  });

  test('an error that has a code already is kept', () => {
    const error = new HeadwaterError('disk_full');
    expect(gitFault({ doing: 'pushing', account: 'x' })({ kind: 'transport', error })).toBe(error);
  });
});

describe('failed REST requests', () => {
  const failure = { data: null, doing: 'looking up the project', timeoutMs: 30_000 };
  const scope = { message: 'token does not have at least one of required scope(s): [write:repository]' };
  const refused = Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  });
  const timeout = Object.assign(new Error('aborted'), { name: 'TimeoutError' });

  test.each([
    ['401', { status: 401 }, 'forge_token_refused', ''],
    ['a missing scope', { status: 403, data: scope }, 'forge_token_refused', ''],
    ['another 403', { status: 403 }, 'forge_failed', '403'],
    ['423', { status: 423 }, 'forge_project_archived', ''],
    ['500', { status: 500 }, 'forge_failed', '500 while looking up the project'],
    ['a refused connection', { status: null, cause: refused }, 'forge_unreachable', 'connection refused'],
    ['a time-out', { status: null, cause: timeout }, 'forge_unreachable', 'no answer within 30 seconds'],
    ['something else', { status: null, cause: 'odd' }, 'forge_unreachable', 'network error'],
  ])('%s', (_, changes, code, text) => {
    const error = restFault({ ...failure, ...changes });
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });

  test('the time that a busy forge asks for is kept', () => {
    expect(restFault({ ...failure, status: 429, retryAfter: '7' }).retryAfterMs).toBe(7000);
  });

  test('refusals of scopes are told apart', () => {
    const publicOnly = { message: 'token scope is limited to public repos' };
    expect([isScopeRefusal(scope), isScopeRefusal(publicOnly)]).toEqual([true, false]);
    expect([isPublicOnlyRefusal(scope), isPublicOnlyRefusal(publicOnly)]).toEqual([false, true]);
  });
});
