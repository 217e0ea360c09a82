import { advice } from '../../panel/texts/failures';
import { pages } from '../../panel/texts/pages';
import type { ForgeProject } from '../../ports/forge';
import type { SignInLink } from '../sign-in/sign-in-link';
import type { Note } from './page';
import type { PanelContext } from './panel-context';

const plain = { lines: [], steps: [], quiet: true, button: null } as const;

export function signedOutNote(forge: string, link: SignInLink): Note {
  const { title, text, elsewhere, button } = pages.signedOut;
  return {
    ...plain,
    icon: 'key',
    title,
    lines: [link.worksInFrame ? text : elsewhere],
    button: { label: button(forge), href: link.href, target: link.target },
  };
}

export function noRightNote({ caller, links }: PanelContext): Note {
  const { owner, name } = caller.project;
  const { title, text } = pages.noRight;
  return { ...plain, icon: 'lock', title: title(`${owner}/${name}`), lines: [text(owner, links.status)] };
}

export function notThereNote(project: string): Note {
  return { ...plain, icon: 'lock', title: pages.notThere.title(project), lines: [pages.notThere.text] };
}

export function forgeDownNote(forge: string): Note {
  return { ...plain, icon: 'cloud', title: pages.forgeDown(forge, null) };
}

export function problemNote(text: string): Note {
  return { ...plain, icon: 'alert', title: [text] };
}

/** The admins let only some people set up mirrors. */
export function deniedNote(): Note {
  return { ...plain, icon: 'lock', title: pages.denied, lines: [advice.askAdmin] };
}

export function archivedNote(): Note {
  return { ...plain, icon: 'lock', title: pages.archived.title, lines: [pages.archived.text] };
}

/** A pull mirror of the forge's own: why it is in the way, and the way to convert it. */
export function nativeNote({ forge, links }: PanelContext, project: ForgeProject): Note {
  const { native } = pages;
  const convert = `${links.forge.settings}#convert-mirror-repo-modal`;
  return {
    icon: 'lock',
    title: native.title(forge.name),
    lines: [native.why(forge.name), native.how],
    steps: [native.convert(forge.name, convert), native.comeBack(project.originalUrl ?? null)],
    quiet: false,
    button: { label: native.button, href: convert, target: '_top' },
  };
}
