import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { validRange } from 'semver';
import { HeadwaterError } from '../../domain/errors';
import type { PluginManifest } from '../../domain/plugin-manifest';
import { productRoot } from './product-root';

/** Reads plugin-manifest.json of this installation and checks it. Raises manifest_invalid. */
export function loadManifest(): PluginManifest {
  const root = productRoot();
  try {
    return checkManifest(
      readJson(join(root, 'plugin-manifest.json')),
      readJson(join(root, 'plugin-manifest.schema.json')),
    );
  } catch (thrown) {
    if (thrown instanceof HeadwaterError) throw thrown;
    throw new HeadwaterError('manifest_invalid', { why: 'it cannot be read' }, { cause: thrown });
  }
}

/** Holds a manifest against the schema, and its version ranges against semver. Raises manifest_invalid with every fault. */
export function checkManifest(manifest: unknown, schema: unknown): PluginManifest {
  const validate = new Ajv({ allErrors: true, strict: true }).compile<PluginManifest>(schema as object);
  if (!validate(manifest)) throw invalid((validate.errors ?? []).map(describe));
  const ranges = manifest.forges.filter(({ versions }) => validRange(versions) === null);
  if (ranges.length > 0) throw invalid(ranges.map(({ versions }) => `"${versions}" is no range of versions`));
  return manifest;
}

function invalid(faults: readonly string[]): HeadwaterError {
  return new HeadwaterError('manifest_invalid', { why: faults.join('; ') });
}

function describe({ instancePath, message, params }: ErrorObject): string {
  const extra = (params as { additionalProperty?: string }).additionalProperty;
  return `${instancePath === '' ? 'it' : instancePath} ${message ?? 'is wrong'}${extra === undefined ? '' : ` (${extra})`}`;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
