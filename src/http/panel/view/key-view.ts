import { keySteps } from '../../../panel/texts/states';
import type { Part, Rich } from '../../../panel/texts/rich';
import type { OtherSide } from './pull-input';

/** The public key, and where to put it. */
export interface KeyView {
  readonly publicKey: string;
  readonly where: Rich;
  /** The mirror waits for it: come back and start the first update. */
  readonly first: boolean;
  /** Where it is found again. */
  readonly note: boolean;
}

export function viewKey(
  publicKey: string,
  other: OtherSide,
  { write, first }: { readonly write: boolean; readonly first: boolean },
): KeyView {
  return { publicKey, where: keySteps.add(other.host, placeOf(other), write), first, note: !write };
}

/** Where well-known hosts keep the keys of a repository; forges of one's own are told by their name. */
function placeOf({ host, repository }: OtherSide): Part {
  const at = `https://${host}/${repository}`;
  const kind = kindOf(host);
  switch (kind) {
    case 'github':
    case 'forge':
      return keySteps.deployKeys(repository, `${at}/settings/keys`);
    case 'gitlab':
      return keySteps.deployKeys(repository, `${at}/-/settings/repository#js-deploy-keys-settings`);
    case 'bitbucket':
      return keySteps.accessKeys(`${at}/admin/access-keys/`);
    case null:
      return keySteps.elsewhere(host);
  }
}

function kindOf(host: string): 'github' | 'gitlab' | 'forge' | 'bitbucket' | null {
  if (/(^|[.])github[.]com$/.test(host)) return 'github';
  if (/(^|[.])gitlab[.]/.test(host)) return 'gitlab';
  if (/(^|[.])bitbucket[.]org$/.test(host)) return 'bitbucket';
  if (/(^|[.])(codeberg[.]org|gitea[.]com)$|(^|[.])(gitea|forgejo)[.]/.test(host)) return 'forge';
  return null;
}
