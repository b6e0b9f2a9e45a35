import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { FaultError } from '@slowthink/faults';
import type { QuestionRecord } from '@slowthink/records';
import type { AnswerKind } from './gold.ts';
import { parseMapping, type Mapping } from './mapping.ts';

/** One data set as datasets/ describes it; datasets/README.md says what each field means. */
export interface Manifest {
  readonly manifest: 1;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly role: QuestionRecord['role'];
  readonly group?: 'eleven' | 'out-of-domain';
  readonly split: string;
  readonly source: { readonly place: string; readonly commit?: string; readonly path?: string; readonly hub?: string };
  readonly licence: string;
  readonly file: { readonly path: string; readonly format: 'medsss' | 'json' | 'jsonl' | 'csv' | 'parquet'; readonly sha256?: string };
  readonly rows?: number;
  readonly mappingRun: boolean;
  readonly answerKind: AnswerKind | 'mixed';
  readonly optionsMax?: number;
  readonly ids: 'file' | 'row';
  readonly mapping?: string;
  readonly shapes: readonly Shape[];
  readonly notes: readonly string[];
}

/** A file that is known by its columns: how it is read, not whose questions it holds. */
export interface Shape {
  readonly name: string;
  readonly columns: readonly string[]; // all of them stand in the file
  readonly format?: 'json' | 'jsonl' | 'csv' | 'parquet';
  readonly mapping: string;
  readonly mappingRun: boolean;
  readonly notes: readonly string[];
}

/** A manifest and where it was read from. */
export interface KnownDataset {
  readonly manifest: Manifest;
  readonly mapping: Mapping | undefined;
  readonly path: string; // of the manifest
  readonly folder: string; // file.path is relative to it
}

/** The folder of the data sets that the project knows. */
export const datasetsFolder: string = fileURLToPath(new URL('../../../datasets', import.meta.url));

/** Every NAME.manifest.json in a folder, sorted (data files may lie beside them). Throws QUESTION_MANIFEST_WRONG: a field that does not fit, a name that two manifests claim. */
export async function readManifests(folder: string = datasetsFolder): Promise<readonly KnownDataset[]> {
  const validate = await manifestValidator();
  const names = (await readdir(folder)).filter((name) => name.endsWith('.manifest.json')).sort();
  const known = await Promise.all(names.map(async (name) => datasetOf(join(folder, name), await readFile(join(folder, name), 'utf8'), validate)));
  const owners = new Map<string, string>();
  for (const { manifest, path } of known) {
    for (const name of new Set([manifest.name, ...manifest.aliases].map((each) => each.toLowerCase()))) {
      const owner = owners.get(name);
      if (owner) throw new FaultError('QUESTION_MANIFEST_WRONG', `The data set name "${name}" stands in ${owner} and in ${path}.`);
      owners.set(name, path);
    }
  }
  return known;
}

/** The manifest in a file; undefined when the file is no manifest (an object with the field "manifest"). Throws QUESTION_MANIFEST_WRONG. */
export async function readManifest(path: string): Promise<KnownDataset | undefined> {
  const text = await readFile(path, 'utf8');
  let value: unknown;
  try { value = JSON.parse(text); } catch { return undefined; }
  return value !== null && typeof value === 'object' && 'manifest' in value ? datasetOf(path, text, await manifestValidator()) : undefined;
}

async function manifestValidator(): Promise<ValidateFunction<Manifest>> {
  const schema = JSON.parse(await readFile(join(datasetsFolder, 'manifest.schema.json'), 'utf8')) as object;
  return new Ajv2020({ useDefaults: true }).compile<Manifest>(schema);
}

function datasetOf(path: string, text: string, validate: ValidateFunction<Manifest>): KnownDataset {
  let value: unknown;
  try { value = JSON.parse(text); } catch (cause) { throw new FaultError('QUESTION_MANIFEST_WRONG', `${path} is not JSON: ${(cause as Error).message}.`, { cause }); }
  if (!validate(value)) {
    const problem = validate.errors![0]!;
    const extra = (problem.params as { additionalProperty?: string }).additionalProperty;
    throw new FaultError('QUESTION_MANIFEST_WRONG', `${path} is no valid manifest: ${problem.instancePath || '/'} ${problem.message ?? ''}${extra === undefined ? '' : ` ("${extra}")`}.`);
  }
  for (const { mapping } of value.shapes) parseMapping(mapping);
  return { manifest: value, mapping: value.mapping === undefined ? undefined : parseMapping(value.mapping), path, folder: dirname(path) };
}

/** The shape whose columns all stand in a file of this format; of several the one with the most columns. */
export function findShape(known: readonly KnownDataset[], columns: ReadonlySet<string>, format: Shape['format']): Shape | undefined {
  const fitting = known.flatMap(({ manifest }) => manifest.shapes).filter((shape) => (shape.format === undefined || shape.format === format) && shape.columns.every((column) => columns.has(column)));
  return fitting.toSorted((a, b) => b.columns.length - a.columns.length)[0];
}

/** The data set that a file is by its name: the name of the manifest's file, or a name or alias of the set with the same ending ("MedQA_cot.json"), in any case of letters. */
export function findByFileName(known: readonly KnownDataset[], path: string): KnownDataset | undefined {
  const name = basename(path).toLowerCase();
  return known.find(({ manifest }) => {
    const file = basename(manifest.file.path).toLowerCase();
    return [file, ...[manifest.name, ...manifest.aliases].map((each) => `${each.toLowerCase()}${extname(file)}`)].includes(name);
  });
}

/** The data set of a name or alias, in any case of letters. */
export function findDataset(known: readonly KnownDataset[], name: string): KnownDataset | undefined {
  const wanted = name.toLowerCase();
  return known.find(({ manifest }) => [manifest.name, ...manifest.aliases].some((each) => each.toLowerCase() === wanted));
}
