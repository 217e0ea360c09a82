import Ajv2020 from 'ajv/dist/2020';
import { createDocument } from '../../../src/http/openapi/create-document';
import type { JsonSchema } from '../../../src/http/openapi/json-schema';
import { allOperations } from '../../../src/http/openapi/operations';

const operations = allOperations();
const document = createDocument(operations, { version: '1.2.3', url: 'https://headwater.example' });
const asText = JSON.stringify(document);

/** The document as any client reads it. */
interface Read {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ReadOperation>>>>;
}
interface ReadOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly description: string;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly content?: Readonly<Record<string, { schema: JsonSchema }>> }
    >
  >;
}
const { paths } = JSON.parse(asText) as Read;
const all = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

describe('the OpenAPI document', () => {
  it('says that it is of version 3.1, what it describes, and where that is', () => {
    expect(document).toMatchObject({
      openapi: '3.1.1',
      info: { title: 'Headwater', version: '1.2.3' },
      servers: [{ url: 'https://headwater.example' }],
    });
  });

  it('refers to nothing that it does not have', () => {
    const refs = [...asText.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, ref = '']) => ref);
    expect(refs.length).toBeGreaterThan(100);
    const missing = refs.filter(
      (ref) =>
        ref.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document) ===
        undefined,
    );
    expect(missing).toEqual([]);
  });

  it('has schemas that a strict validator of JSON Schema 2020-12 takes', () => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false, validateFormats: false, allowUnionTypes: true });
    const id = 'https://headwater.example/schemas';
    const local = <T extends object>(schema: T): T =>
      JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', `"${id}#/$defs/`)) as T;
    ajv.addSchema({ $id: id, $defs: local(document.components.schemas) });
    for (const schema of Object.values(document.components.schemas))
      expect(ajv.compile(local(schema))).toEqual(expect.any(Function));
    for (const { operation } of all)
      for (const { content } of [operation.requestBody ?? { content: {} }, ...Object.values(operation.responses)])
        for (const { schema } of Object.values(content ?? {})) ajv.compile(local(schema));
  });

  it('declares every parameter of a path, and requires it', () => {
    for (const { path, operation } of all) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = operation.parameters.filter((each) => each.in === 'path');
      expect([path, declared.map(({ name }) => name)]).toEqual([path, inPath]);
      expect(declared.every(({ required }) => required)).toBe(true);
    }
  });

  it('describes every field, parameter, answer and tag', () => {
    const bare: string[] = [];
    const look = (at: unknown, place: string): void => {
      if (typeof at !== 'object' || at === null) return;
      const { properties } = at as JsonSchema;
      if (properties !== undefined && !place.endsWith('.properties'))
        for (const [name, field] of Object.entries(properties))
          if (typeof field === 'object' && !isDescribed(field)) bare.push(`${place}.${name}`);
      for (const [key, value] of Object.entries(at)) look(value, `${place}.${key}`);
    };
    look(document.components.schemas, 'schemas');
    look(paths, 'paths');
    for (const { path, operation } of all) {
      bare.push(...operation.parameters.filter((each) => each.description === '').map(({ name }) => `${path} ${name}`));
      bare.push(
        ...Object.entries(operation.responses).flatMap(([status, { description }]) =>
          description === '' ? [status] : [],
        ),
      );
      expect(operation.summary).not.toBe('');
    }
    expect(bare).toEqual([]);
    const used = [...new Set(all.flatMap(({ operation }) => operation.tags))];
    expect(used.sort()).toEqual(document.tags.map(({ name }) => name).sort());
  });

  it('knows every way to sign in that it names', () => {
    const schemes = Object.keys(document.components.securitySchemes);
    for (const { operation } of all)
      for (const use of operation.security) for (const name of Object.keys(use)) expect(schemes).toContain(name);
  });

  it('has an answer for success, and a problem for what goes wrong, with every call', () => {
    for (const { path, operation } of all) {
      const statuses = Object.keys(operation.responses);
      expect([path, statuses.some((status) => /^2/.test(status))]).toEqual([path, true]);
      if (operation.security.length > 0)
        expect([path, statuses]).toEqual([path, expect.arrayContaining(['401', '404', '429', '500'])]);
    }
  });

  it('gives examples that would be taken', () => {
    const examples = operations.flatMap(({ id, body }) => (body?.example === undefined ? [] : [{ id, body }]));
    expect(examples.length).toBeGreaterThan(5);
    for (const { id, body } of examples)
      expect([id, body.schema.safeParse(body.example).error]).toEqual([id, undefined]);
  });

  it('gives each call a name of its own, which never changes', () => {
    // Names of calls in generated clients: add to the list, take nothing away.
    expect(all.map(({ operation }) => operation.operationId).sort()).toEqual(
      [
        ...['saveMirror', 'getMirror', 'updateNow', 'updateNowAsGitea', 'deleteMirror'],
        ...['pauseMirror', 'resumeMirror', 'stopRun', 'watchMirror', 'testConnection', 'importProject'],
        ...['detectHostKeys', 'acceptHostKey', 'makeSshKey'],
        ...['makeWebhook', 'deleteWebhook', 'makeNotifySecret'],
        ...['planNextRun', 'acceptPlan', 'undoRun', 'listBackups', 'restoreBackup', 'listRuns', 'getRun'],
        ...['listAudit', 'listAllAudit', 'listMirrors', 'syncMirrors', 'pauseMirrors', 'resumeMirrors'],
        ...['getPolicy', 'changePolicy'],
        ...['listPushMirrors', 'getPushMirror', 'addPushMirror', 'deletePushMirror', 'syncPushMirrors'],
        ...['getGitlabPullMirror', 'saveGitlabPullMirror', 'startGitlabPullMirror'],
        ...['listGitlabRemoteMirrors', 'addGitlabRemoteMirror', 'getGitlabRemoteMirror', 'editGitlabRemoteMirror'],
        ...['editGitlabRemoteMirrorByPost', 'deleteGitlabRemoteMirror', 'syncGitlabRemoteMirror'],
        ...['getGitlabRemoteMirrorKey', 'takeUpstreamDelivery', 'takeForgeDelivery'],
        ...['isLive', 'isReady', 'getManifest', 'getDescription', 'getDocumentation', 'getDocumentationStyle'],
      ].sort(),
    );
  });

  it('tells an answer that is a mirror and more as just that', () => {
    const { schema } = paths['/api/v1/repos/{owner}/{repo}/mirror/pull']?.['put']?.responses['201']?.content?.[
      'application/json'
    ] ?? { schema: {} };
    expect(schema.allOf).toEqual([
      { $ref: '#/components/schemas/Mirror' },
      {
        type: 'object',
        properties: { notify_secret: expect.anything(), warnings: expect.anything() },
        required: ['warnings'],
      },
    ]);
  });

  it('lets answers have more fields in a later version, and refuses unknown ones in what is sent', () => {
    const { Mirror, MirrorSettings } = document.components.schemas;
    expect(Mirror?.additionalProperties).toBeUndefined();
    expect(MirrorSettings?.additionalProperties).toBe(false);
  });
});

/** By itself, or by what it refers to. */
function isDescribed(field: JsonSchema): boolean {
  return (field.description ?? '') !== '' || field.$ref !== undefined;
}
