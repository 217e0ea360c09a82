import { z } from 'zod';

/** JSON Schema 2020-12, as far as it is made here. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

export interface NamedSchemas {
  readonly components: Readonly<Record<string, z.ZodType>>;
  /** Stand by themselves, and refer to components. */
  readonly inline: Readonly<Record<string, z.ZodType>>;
}

export interface MadeSchemas {
  readonly components: Readonly<Record<string, JsonSchema>>;
  readonly inline: Readonly<Record<string, JsonSchema>>;
}

/**
 * The JSON Schemas of zod schemas, which refer to each other as components. `open`: an object may have more fields than are
 * told, as an answer of a later version has.
 */
export function makeSchemas({ components, inline }: NamedSchemas, open: boolean): MadeSchemas {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(components)) registry.add(schema, { id });
  const added: [string, z.ZodType, string][] = Object.entries(inline).map(([name, schema]) => {
    // One that is a component by itself is referred to.
    const id = registry.get(schema)?.id ?? `inline:${name}`;
    if (id.startsWith('inline:')) registry.add(schema, { id });
    return [name, schema, id];
  });
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: componentRef });
  // Of closed objects each would refuse the fields of the other.
  const inlined = (schema: z.ZodType, made: JsonSchema) => (open ? asExtension(schema, made, components) : made);
  const tidied = (id: string) => tidy(schemas[id] as JsonSchema, open);
  return {
    components: Object.fromEntries(Object.keys(components).map((id) => [id, tidied(id)])),
    inline: Object.fromEntries(
      added.map(([name, schema, id]) => [
        name,
        id.startsWith('inline:') ? inlined(schema, tidied(id)) : { $ref: componentRef(id) },
      ]),
    ),
  };
}

function componentRef(id: string): string {
  return `#/components/schemas/${id}`;
}

/** What has all fields of a component and more is told as that component and more. */
function asExtension(schema: z.ZodType, made: JsonSchema, components: NamedSchemas['components']): JsonSchema {
  if (!(schema instanceof z.ZodObject) || made.properties === undefined) return made;
  const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
  const base = Object.entries(components).find(([, component]) => isExtensionOf(shape, component));
  if (base === undefined) return made;
  const own = Object.keys(shape).filter((name) => (base[1] as z.ZodObject).shape[name] !== shape[name]);
  const required = own.filter((name) => made.required?.includes(name));
  const more = Object.fromEntries(own.map((name) => [name, made.properties?.[name] ?? {}]));
  return {
    allOf: [
      { $ref: componentRef(base[0]) },
      { type: 'object', properties: more, ...(required.length > 0 ? { required } : {}) },
    ],
  };
}

function isExtensionOf(shape: Readonly<Record<string, z.ZodType>>, component: z.ZodType): boolean {
  if (!(component instanceof z.ZodObject)) return false;
  const fields = Object.entries(component.shape);
  const same = fields.filter(([name, field]) => shape[name] === field).length;
  return fields.every(([name]) => name in shape) && same > fields.length / 2;
}

/** What only zod needs goes, and "or null" is said the short way. */
function tidy(schema: JsonSchema, open: boolean): JsonSchema {
  const { pattern, maximum, additionalProperties, anyOf, ...rest } = schema;
  const kept: JsonSchema = {
    ...Object.fromEntries(
      Object.entries(rest)
        .filter(([key]) => key !== '$schema' && key !== '$id')
        .map(([key, value]) => [key, tidyIn(key, value, open)]),
    ),
    // The format says it.
    ...(pattern === undefined || schema.format !== undefined ? {} : { pattern }),
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }),
    ...(additionalProperties === undefined || (open && additionalProperties === false)
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'boolean' ? additionalProperties : tidy(additionalProperties, open),
        }),
  };
  if (anyOf === undefined) return kept;
  const choices = anyOf.map((each) => tidy(each, open));
  const [first] = choices.filter((each) => each.type !== 'null');
  const isOneOrNull = choices.length === 2 && choices.some((each) => each.type === 'null');
  if (!isOneOrNull || typeof first?.type !== 'string') return { ...kept, anyOf: choices };
  return {
    ...first,
    ...kept,
    type: [first.type, 'null'],
    ...(first.enum === undefined ? {} : { enum: [...first.enum, null] }),
  };
}

function tidyIn(key: string, value: unknown, open: boolean): unknown {
  if (key === 'properties' && typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value as Record<string, JsonSchema>).map(([name, each]) => [name, tidy(each, open)]),
    );
  if (key === 'items' && typeof value === 'object' && value !== null) return tidy(value as JsonSchema, open);
  return value;
}
