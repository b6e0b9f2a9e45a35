// schemas/*.json -> libs/records/src/generated/{types.ts, validators.js, validators.d.ts}
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

type Schema = { readonly $id: string; readonly title: string } & Record<string, unknown>;

/** Every schema of the folder, by file name. */
export function readSchemas(folder: string): readonly { readonly file: string; readonly schema: Schema }[] {
  return readdirSync(folder).filter((file) => file.endsWith('.json')).sort()
    .map((file) => ({ file, schema: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Schema }));
}

/** TypeScript types of all schemas in one file, named by their titles. */
export async function typesOf(folder: string): Promise<string> {
  const all = readSchemas(folder);
  const title = new Map(all.map(({ file, schema }) => [file, schema.title]));
  const local = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(local);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== '$id' && key !== '$schema' && key !== 'minItems' && key !== 'maxItems')
      .map(([key, inner]) => [key, key === '$ref' ? `#/$defs/${title.get(inner as string)}` : local(inner)]));
  };
  const $defs = Object.fromEntries(all.map(({ schema }) => [schema.title, local(schema)]));
  const code = await compile({ title: 'Everything', type: 'object', additionalProperties: false, $defs } as JSONSchema, 'Everything', {
    unreachableDefinitions: true, bannerComment: '// Generated from schemas/ by "npm run generate". Do not edit.', format: true, style: { singleQuote: true, printWidth: 140 }, additionalProperties: false,
  });
  return code.replace(/export interface Everything \{\}\n/, '')
    .replace(/ \*\n \* This interface was referenced by `Everything`'s JSON-Schema\n \* via the `definition` "\w+"\.\n/g, '')
    .replace(/\/\*\*\n(?: \* This interface was referenced by `Everything`'s JSON-Schema\n \* via the `definition` "\w+"\.\n) \*\/\n/g, '');
}

const undescribed = (value: unknown): unknown => Array.isArray(value) ? value.map(undescribed)
  : value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).filter(([key, inner]) => key !== 'description' || typeof inner !== 'string').map(([key, inner]) => [key, undescribed(inner)])) : value;

/** Validators compiled ahead of time: no schema is compiled at start-up. */
export function validatorsOf(folder: string): { readonly code: string; readonly declaration: string } {
  const all = readSchemas(folder);
  const ajv = new Ajv2020({ schemas: all.map(({ schema }) => undescribed(schema) as Schema), code: { source: true, esm: true }, unicode: false, logger: false, allErrors: false, strict: true, allowUnionTypes: true } as ConstructorParameters<typeof Ajv2020>[0]);
  const names = Object.fromEntries(all.map(({ schema }) => [`is${schema.title}`, schema.$id]));
  const generate = (standalone as unknown as { default?: typeof standalone }).default ?? standalone;
  const code = `// Generated from schemas/ by "npm run generate". Do not edit.\n${(generate as unknown as (ajv: unknown, names: object) => string)(ajv, names)}\n`;
  const declaration = ['// Generated from schemas/ by "npm run generate". Do not edit.', "import type * as types from '../types.ts';",
    'export interface Problem { readonly instancePath: string; readonly message?: string }',
    'export interface Validator<T> { (value: unknown): value is T; errors?: readonly Problem[] | null }',
    ...all.map(({ schema }) => `export const is${schema.title}: Validator<types.${schema.title}>;`), ''].join('\n');
  return { code, declaration };
}
