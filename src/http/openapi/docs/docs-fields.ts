import type { Rich } from '../../../panel/texts/rich';
import type { JsonSchema } from '../json-schema';
import { richOf } from './docs-text';

/** What a value is, as words and links to parts. */
export interface TypeWords {
  readonly before: string;
  /** Name of a part; null: the words say all. */
  readonly part: string | null;
  readonly after: string;
}

export interface FieldRow {
  readonly name: string;
  readonly type: TypeWords;
  readonly required: boolean;
  readonly meaning: Rich;
  /** Fields of what it is, where that is no part by itself. */
  readonly fields: readonly FieldRow[];
}

export function fieldRows(schema: JsonSchema, tellRequired: boolean): FieldRow[] {
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    type: typeOf(field),
    required: tellRequired && (schema.required ?? []).includes(name),
    meaning: richOf(field.description ?? ''),
    fields: fieldRows(field.items ?? field, false),
  }));
}

export function typeOf(schema: JsonSchema): TypeWords {
  if (schema.$ref !== undefined) return { before: '', part: partOf(schema.$ref), after: '' };
  if (schema.items !== undefined && Object.keys(schema.items).length > 0) {
    const { before, part, after } = typeOf(schema.items);
    return { before: `list of ${before}`, part, after };
  }
  if (schema.anyOf !== undefined) {
    const others = schema.anyOf.filter((each) => each.type !== 'null').map(typeOf);
    const orNull = others.length < schema.anyOf.length ? ' or null' : '';
    const [first] = others;
    if (others.length === 1 && first !== undefined) return { ...first, after: first.after + orNull };
    return words([...new Set(others.map(({ before }) => before))].join(' or ') + orNull);
  }
  return words(plainType(schema));
}

export function partOf(ref: string): string {
  return ref.replace(/^.*\//, '');
}

function words(before: string): TypeWords {
  return { before, part: null, after: '' };
}

function plainType(schema: JsonSchema): string {
  const types = [schema.type ?? []].flat();
  const orNull = types.includes('null') ? ' or null' : '';
  if (schema.enum !== undefined)
    return (
      schema.enum
        .filter((value) => value !== null)
        .map(String)
        .join(', ') + orNull
    );
  if (schema.const !== undefined) return JSON.stringify(schema.const) + orNull;
  const formats: Readonly<Record<string, string>> = { 'date-time': 'time', date: 'day' };
  const name = formats[schema.format ?? ''] ?? types.filter((type) => type !== 'null').join(' or ');
  return `${name}${bounds(schema)}${orNull}`;
}

function bounds({ minimum, maximum, default: usual }: JsonSchema): string {
  const from = minimum === undefined || maximum === undefined ? '' : ` from ${minimum} to ${maximum}`;
  return usual === undefined ? from : `${from}, ${JSON.stringify(usual)} by itself`;
}
