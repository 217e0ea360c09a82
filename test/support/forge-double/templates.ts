import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a template sees: texts and truths by name, such as `.Repository.Name`. */
export type TemplateData = Readonly<Record<string, unknown>>;

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly expression: string }
  | { readonly kind: 'if'; readonly expression: string; readonly parts: readonly Part[] };

const names = ['header', 'footer', 'extra_tabs', 'extra_links'] as const;
export type TemplateName = (typeof names)[number];

/**
 * The admin's templates of a forge: as much of Go's html/template as add-ons need there. Like the forge it keeps what it had
 * when one has a fault.
 */
export class Templates {
  #parts = new Map<TemplateName, readonly Part[]>();

  constructor(private readonly customPath: string) {}

  /** Reads all of them anew; answers the fault in the forge's words, or null. */
  reload(): string | null {
    const read = new Map<TemplateName, readonly Part[]>();
    for (const name of names) {
      const text = readIfThere(join(this.customPath, 'templates/custom', `${name}.tmpl`));
      try {
        read.set(name, parse(text));
      } catch (thrown) {
        return `template: custom/${name}:1: ${(thrown as Error).message}`;
      }
    }
    this.#parts = read;
    return null;
  }

  render(name: TemplateName, data: TemplateData): string {
    return show(this.#parts.get(name) ?? [], data);
  }
}

function parse(text: string): readonly Part[] {
  const tokens = text.replace(/\{\{\/\*[^]*?\*\/\}\}/g, '').split(/(\{\{.*?\}\})/);
  const read = (nested: boolean): Part[] => {
    const parts: Part[] = [];
    for (let token = tokens.shift(); token !== undefined; token = tokens.shift()) {
      const action = /^\{\{(.*)\}\}$/.exec(token)?.[1]?.trim();
      if (action === undefined) parts.push({ kind: 'text', text: token });
      else if (action === 'end') {
        if (!nested) throw new Error('unexpected {{end}}');
        return parts;
      } else if (/^if\b/.test(action)) {
        const expression = action.slice(2).trim();
        if (expression === '') throw new Error('missing value for if');
        parts.push({ kind: 'if', expression, parts: read(true) });
      } else parts.push({ kind: 'value', expression: action });
    }
    if (nested) throw new Error('unexpected EOF');
    return parts;
  };
  return read(false);
}

function show(parts: readonly Part[], data: TemplateData): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      if (part.kind === 'if') return isTrue(part.expression, data) ? show(part.parts, data) : '';
      return part.expression.startsWith('svg ') ? '<svg></svg>' : escape(textOf(valueOf(part.expression, data)));
    })
    .join('');
}

function isTrue(expression: string, data: TemplateData): boolean {
  const [first = '', ...rest] = expression.split(/\s+/);
  const values = first === 'or' ? rest : [first];
  return values.some((each) => Boolean(valueOf(each, data)));
}

function valueOf(expression: string, data: TemplateData): unknown {
  if (expression === 'AssetUrlPrefix') return '/assets';
  // Like a key that a map lacks.
  if (!expression.startsWith('.')) return undefined;
  let value: unknown = data;
  for (const key of expression.slice(1).split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
