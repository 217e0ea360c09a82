import type { Operation } from '../operation';

/** What stands in examples for each parameter of a path. */
const samples: Readonly<Record<string, string>> = {
  owner: 'group',
  repo: 'project',
  name: 'remote_mirror_1',
  mirror_id: '1',
};
const sampleId = '0b5f7f64';

type Sample = Readonly<Record<string, unknown>>;

/** The same call with curl; null: only the forge makes it. */
export function curlOf(operation: Operation, baseUrl: string): string | null {
  const { method, path, body, answers } = operation;
  if (operation.id === 'takeForgeDelivery') return null;
  const example = body?.example ?? (body === null || body.schema.safeParse({}).success ? undefined : {});
  const isStream = Object.values(answers).some((each) => each?.events !== undefined);
  const flags = [isStream ? '-N' : '', method === 'get' ? '' : `-X ${method.toUpperCase()}`].filter(
    (flag) => flag !== '',
  );
  const lines = [
    ['curl', ...flags, `'${baseUrl}${fill(path)}'`].join(' '),
    ...signedIn(operation),
    ...(example === undefined ? [] : [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(example)}'`]),
  ];
  return lines.join(' \\\n  ');
}

function signedIn({ security }: Operation): string[] {
  const schemes = security.flatMap((use) => Object.keys(use));
  if (schemes.includes('privateToken')) return ['-H "PRIVATE-TOKEN: $TOKEN"'];
  if (schemes.includes('forgeToken')) return ['-H "Authorization: Bearer $TOKEN"'];
  return schemes.includes('webhookSecret') ? ['-H "Authorization: Bearer $SECRET"'] : [];
}

/** How octokit is told the same: the route, and its parameters with the body in `data`. null: not a call of /api/v1. */
function octokitCall({ method, path, body, parameters }: Operation): { route: string; values: Sample } | null {
  if (!path.startsWith('/api/v1/')) return null;
  const inPath = parameters
    .filter((each) => each.in === 'path')
    .map(({ name }) => [name, sampleOf(path, name)] as const);
  const data = body?.example === undefined ? {} : { data: body.example };
  return {
    route: `${method.toUpperCase()} ${path.replace('/api/v1', '')}`,
    values: { ...Object.fromEntries(inPath), ...data },
  };
}

export function octokitOf(operation: Operation): string | null {
  const call = octokitCall(operation);
  if (call === null) return null;
  const values = Object.keys(call.values).length === 0 ? '' : `, ${literal(call.values)}`;
  return `await octokit.request('${call.route}'${values});`;
}

/** As a person writes it in JavaScript. */
function literal(value: unknown, indent = ''): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => literal(each, indent)).join(', ')}]`;
  const inner = `${indent}  `;
  const fields = Object.entries(value).map(([name, field]) => `${inner}${name}: ${literal(field, inner)},`);
  return `{\n${fields.join('\n')}\n${indent}}`;
}

function fill(path: string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => sampleOf(path, name));
}

function sampleOf(path: string, name: string): string {
  if (path.startsWith('/api/v4') && name === 'id') return 'group%2Fproject';
  return samples[name] ?? sampleId;
}
