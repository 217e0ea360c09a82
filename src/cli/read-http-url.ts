import { HeadwaterError } from '../domain/errors';

/** An http or https address without credentials, query and slash at the end. Raises input_invalid. */
export function readHttpUrl(option: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const fits =
    url !== null && /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!fits) {
    const message = 'must be an address such as https://forge.example.org';
    throw new HeadwaterError('input_invalid', { fields: option }, { fieldFaults: [{ field: option, message }] });
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
