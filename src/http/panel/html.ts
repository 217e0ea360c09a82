import { sayClock, sayExactly, sayMoment } from '../../panel/texts/time-words';
import type { Part, Rich } from '../../panel/texts/rich';
import type { Icon } from '../../panel/texts/states';
import type { Action } from './view/action';

/** Small pieces of a page that stand in many places. Everything that goes in is data and comes out escaped. */
export interface Html {
  icon(name: Icon | 'turn', look?: string): string;
  rich(sentence: Rich): string;
  action(action: Action, csrf: string): string;
  /** A row of buttons; one form sends all that change something. */
  actions(actions: readonly Action[], csrf: string): string;
}

export function createHtml(now: number): Html {
  const html: Html = {
    icon: (name, look) =>
      `<svg class="hw-i${look === undefined ? '' : ` ${look}`}" aria-hidden="true"><use href="#i-${name}"/></svg>`,
    rich: (sentence) => sentence.map((part) => partHtml(part, now)).join(''),
    action: (action, csrf) => (action.kind === 'post' ? formHtml(buttonHtml(action), csrf) : buttonHtml(action)),
    actions: (actions, csrf) => formHtml(actions.map(buttonHtml).join(''), csrf),
  };
  return html;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function partHtml(part: Part, now: number): string {
  if (typeof part === 'string') return escapeHtml(part);
  switch (part.kind) {
    case 'code':
      return `<code>${escapeHtml(part.text)}</code>`;
    case 'strong':
      return `<b>${escapeHtml(part.text)}</b>`;
    case 'time': {
      const say = part.form === 'clock' ? sayClock : sayMoment;
      const attributes = `datetime="${new Date(part.at).toISOString()}" title="${sayExactly(part.at)}" data-hw-time="${part.form}"`;
      return `<time ${attributes}>${escapeHtml(say(part.at, now, { local: false }))}</time>`;
    }
    case 'link': {
      const where = part.outside ? ' target="_top" rel="noopener noreferrer"' : '';
      return `<a href="${escapeHtml(part.href)}"${where}>${escapeHtml(part.text)}</a>`;
    }
  }
}

function formHtml(inner: string, csrf: string): string {
  return `<form method="post" class="hw-actions" data-hw-part="actions"><input type="hidden" name="_csrf" value="${escapeHtml(csrf)}">${inner}</form>`;
}

/** The same page with the box shut. */
function shut(href: string): string {
  return href.replace(/[?&]open=.*$/, '');
}

function buttonHtml(action: Action): string {
  const look = action.look === 'plain' ? '' : `${action.look} `;
  const name = action.name === action.label ? '' : ` aria-label="${escapeHtml(action.name)}"`;
  const style = `class="ui ${look}tiny button"${name}`;
  const label = escapeHtml(action.label);
  switch (action.kind) {
    case 'post': {
      const [field] = Object.entries(action.fields);
      const sent = field === undefined ? '' : ` name="${escapeHtml(field[0])}" value="${escapeHtml(field[1])}"`;
      return `<button ${style} formaction="${escapeHtml(action.href)}"${sent}>${label}</button>`;
    }
    case 'open': {
      const where = action.expanded ? shut(action.href) : `${action.href}#hw-box`;
      return `<a ${style} href="${escapeHtml(where)}" aria-expanded="${action.expanded}" data-hw-open>${label}</a>`;
    }
    case 'go':
      return `<a ${style} href="${escapeHtml(action.href)}" data-hw-go>${label}</a>`;
    case 'leave':
      return `<a ${style} href="${escapeHtml(action.href)}" target="_top" rel="noopener">${label}</a>`;
  }
}
