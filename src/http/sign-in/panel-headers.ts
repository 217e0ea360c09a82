import type { RequestHandler } from 'express';

/**
 * What pages may do: nothing but what they need from here and the look of the forge, and only the forge may frame them.
 * In place of X-Frame-Options, which knows no other origin.
 */
export function panelHeaders(forgePublicUrl: string): RequestHandler {
  const { origin } = new URL(forgePublicUrl);
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' ${origin}`,
    // The forge's style sheet carries the fonts of its signs along.
    `font-src 'self' ${origin} data:`,
    `img-src 'self' ${origin} data:`,
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${origin}`,
  ].join('; ');
  return (_request, response, next) => {
    response.set('Content-Security-Policy', policy);
    response.removeHeader('X-Frame-Options');
    // Inside another site's page the forge's addresses may hold private names.
    response.set('Referrer-Policy', 'same-origin');
    next();
  };
}
