import { HeadwaterError, toHeadwaterError } from '../../domain/errors';
import { showRemoteText } from '../../domain/redact';

/** What a failure of openid-client means. Its errors carry a `code`, and `error` where the forge said why. */
export function identityFault(thrown: unknown): HeadwaterError {
  if (thrown instanceof HeadwaterError) return thrown;
  const { error, code, cause, message, name } = thrown as Record<string, unknown>;
  if (typeof error === 'string') return refusedByForge(error, thrown);
  if (name === 'TimeoutError' || code === 'OAUTH_TIMEOUT' || isFailedFetch(message) || isFailedFetch(messageOf(cause)))
    return new HeadwaterError('forge_unreachable', { why: 'network error' }, { cause: thrown });
  if (code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' || code === 'OAUTH_RESPONSE_IS_NOT_JSON') {
    const { status } = (cause ?? {}) as { status?: unknown };
    const shown = typeof status === 'number' ? status : 'an unknown answer';
    return new HeadwaterError('forge_failed', { status: shown, doing: 'signing in' }, { cause: thrown });
  }
  // Everything else that the library names is an answer that does not fit: state, issuer, audience, time, form.
  if (typeof code === 'string' && code.startsWith('OAUTH_'))
    return new HeadwaterError(
      'sign_in_refused',
      { why: 'its answer does not belong to this sign-in' },
      { cause: thrown },
    );
  return toHeadwaterError(thrown);
}

function isFailedFetch(message: unknown): boolean {
  return message === 'fetch failed';
}

function messageOf(thrown: unknown): unknown {
  return (thrown as { message?: unknown } | null | undefined)?.message;
}

/** The error words of RFC 6749; a wrong client secret is "unauthorized_client" in Forgejo 11. */
function refusedByForge(error: string, cause: unknown): HeadwaterError {
  if (error === 'invalid_client' || error === 'unauthorized_client') {
    const why = 'the forge does not accept the OAuth2 application';
    return new HeadwaterError('sign_in_misconfigured', { why }, { cause });
  }
  const why = error === 'access_denied' ? 'you did not allow it' : showRemoteText(error, [], 60);
  return new HeadwaterError('sign_in_refused', { why }, { cause });
}
