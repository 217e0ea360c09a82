import { faultCatalogue, type FaultCode } from '../../../domain/fault-catalogue';
import { HeadwaterError } from '../../../domain/errors';
import type { Rich } from '../../../panel/texts/rich';
import type { OpenApiDocument } from '../create-document';
import type { JsonSchema } from '../json-schema';
import type { Operation } from '../operation';
import { bodyComponents } from '../components';
import { curlOf, octokitOf } from './docs-examples';
import { fieldRows, partOf, typeOf, type FieldRow, type TypeWords } from './docs-fields';
import { paragraphsOf, richOf } from './docs-text';
import { isUsual, usualFaults } from './usual-faults';

/** What a body or an answer is: a type, and fields where it is no part or more than one. */
export interface Shape {
  readonly type: TypeWords | null;
  readonly fields: readonly FieldRow[];
}

export interface FaultRow {
  readonly code: FaultCode;
  readonly status: number;
  readonly meaning: string;
}

export interface AnswerView {
  readonly status: string;
  readonly meaning: Rich;
  /** null: nothing, or the same as with another status. */
  readonly shape: Shape | null;
  readonly sameAs: string | null;
  readonly events: readonly { readonly name: string; readonly type: TypeWords }[];
}

export interface CallView {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: Rich;
  readonly needs: Rich;
  readonly parameters: readonly FieldRow[];
  /** null where nothing is to be sent. */
  readonly body: { readonly required: boolean; readonly fields: readonly FieldRow[] } | null;
  readonly answers: readonly AnswerView[];
  readonly faults: readonly FaultRow[];
  readonly examples: readonly { readonly name: string; readonly text: string }[];
}

export interface DocsModel {
  readonly introduction: readonly Rich[];
  readonly version: string;
  readonly url: string;
  readonly groups: readonly {
    readonly name: string;
    readonly anchor: string;
    readonly meaning: Rich;
    readonly calls: readonly CallView[];
  }[];
  readonly usualFaults: readonly FaultRow[];
  readonly parts: readonly {
    readonly name: string;
    readonly meaning: Rich;
    readonly fields: readonly FieldRow[];
    readonly values: readonly string[];
  }[];
}

/** All that the page shows. Pure. */
export function docsModel(operations: readonly Operation[], document: OpenApiDocument): DocsModel {
  const [{ url }] = document.servers;
  return {
    introduction: paragraphsOf(document.info.description),
    version: document.info.version,
    url,
    groups: document.tags.map(({ name, description }) => ({
      name,
      anchor: anchorOf(name),
      meaning: richOf(description),
      calls: operations.filter(({ tag }) => tag === name).map((operation) => callView(operation, document, url)),
    })),
    usualFaults: usualFaults.map((code) => faultRow(code, operations)),
    parts: Object.entries(document.components.schemas).map(([name, schema]) => ({
      name,
      meaning: richOf(schema.description ?? ''),
      fields: fieldRows(schema, name in bodyComponents),
      values: (schema.enum ?? []).map(String),
    })),
  };
}

function callView(operation: Operation, document: OpenApiDocument, url: string): CallView {
  const { id, method, path, summary, needs, parameters, faults, statusOf } = operation;
  const made = document.paths[path]?.[method];
  if (made === undefined)
    throw new HeadwaterError('internal', {}, { cause: `${method} ${path} is not in the document` });
  const sent = sentFields(made.requestBody?.content['application/json']?.schema, document);
  const octokit = octokitOf(operation);
  const curl = curlOf(operation, url);
  return {
    id,
    method: method.toUpperCase(),
    path,
    summary: richOf(summary),
    needs: richOf(needs),
    parameters: parameters.map((each) => ({
      name: each.name,
      type: typeOf(each.schema),
      required: each.in === 'path',
      meaning: richOf(each.description),
      fields: [],
    })),
    body:
      sent === undefined || sent.length === 0 ? null : { required: made.requestBody?.required === true, fields: sent },
    answers: Object.entries(operation.answers).map(([status, declared], at, all) => {
      const content = Object.values(made.responses[status]?.content ?? {})[0];
      const before = all.slice(0, at).find(([, { body } = { body: null }]) => body !== null && body === declared?.body);
      return {
        sameAs: before?.[0] ?? null,
        status,
        meaning: richOf(declared?.meaning ?? ''),
        shape:
          content === undefined || declared?.body === null || before !== undefined ? null : shapeOf(content.schema),
        events: Object.entries(content?.['x-events'] ?? {}).map(([name, schema]) => ({ name, type: typeOf(schema) })),
      };
    }),
    faults: faults
      .filter((code) => !isUsual(code))
      .map((code) => ({ code, status: statusOf(code), meaning: faultCatalogue[code].message }))
      .sort((one, other) => one.status - other.status),
    examples: [
      ...(curl === null ? [] : [{ name: 'curl', text: curl }]),
      ...(octokit === null ? [] : [{ name: 'octokit', text: octokit }]),
    ],
  };
}

/** All fields, also where they are a part of their own: this is what readers come for. */
function sentFields(schema: JsonSchema | undefined, { components }: OpenApiDocument): readonly FieldRow[] {
  if (schema === undefined) return [];
  const part = schema.$ref === undefined ? schema : components.schemas[partOf(schema.$ref)];
  return fieldRows(part ?? {}, true);
}

function shapeOf(schema: JsonSchema): Shape {
  if (schema.allOf !== undefined) {
    const base = schema.allOf.find((each) => each.$ref !== undefined);
    return {
      type: base === undefined ? null : { before: '', part: partOf(base.$ref ?? ''), after: '' },
      fields: schema.allOf.flatMap((each) => fieldRows(each, false)),
    };
  }
  const isList = schema.items !== undefined || schema.$ref !== undefined;
  const fields = fieldRows(schema, false);
  return { type: isList || fields.length === 0 ? typeOf(schema) : null, fields };
}

function faultRow(code: FaultCode, operations: readonly Operation[]): FaultRow {
  const asked = operations.find(({ faults }) => faults.includes(code));
  return { code, status: asked?.statusOf(code) ?? 500, meaning: faultCatalogue[code].message };
}

function anchorOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z]+/g, '-');
}
