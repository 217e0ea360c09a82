import type { Request } from 'express';
import { projectName, type PublicPlace } from './public-place';

export interface SignInLink {
  readonly href: string;
  /** `_top` inside a frame: the forge's login and consent are never shown inside one by us. */
  readonly target: '_top' | null;
  /** Whether the panel can work in the frame that it is shown in; if not, the link leads to the panel as a page. */
  readonly worksInFrame: boolean;
}

/**
 * The way to sign in from the page that was asked for, and back. In a frame of the same site it ends in the project's
 * settings in the forge, where the panel then shows; a browser keeps cookies from a frame of another site, so from there it
 * leads to the panel as a page of its own.
 */
export function signInLink(request: Request, place: PublicPlace, forgePublicUrl: string): SignInLink {
  const framed = request.get('sec-fetch-dest') === 'iframe';
  const worksInFrame = !framed || isSameSite(request, place, forgePublicUrl);
  const { owner, repo } = request.params;
  const project = projectName(`${String(owner)}/${String(repo)}`);
  const query =
    framed && worksInFrame && project !== null
      ? `back_to=${encodeURIComponent(project)}`
      : `return_to=${encodeURIComponent(request.originalUrl)}`;
  return { href: `${place.base}/oauth/login?${query}`, target: framed ? '_top' : null, worksInFrame };
}

/** Browsers say so themselves; only an old one leaves us with the host names. */
function isSameSite(request: Request, place: PublicPlace, forgePublicUrl: string): boolean {
  const told = request.get('sec-fetch-site');
  if (told !== undefined) return told === 'same-site' || told === 'same-origin' || told === 'none';
  const [ours, forges] = [new URL(place.url), new URL(forgePublicUrl)];
  return ours.protocol === forges.protocol && ours.hostname === forges.hostname;
}
