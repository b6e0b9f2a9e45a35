// A model folder in transformers.js layout, read and checked before onnxruntime sees a byte of it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FaultError } from '@slowthink/faults';
import type { ScorerRow } from '@slowthink/models';
import { dtypes, graphFiles, isDtype, type Dtype } from './dtypes.ts';
import { readModelConfig, type ModelConfig } from './model-config.ts';
import { readScorerRow } from './read-scorer-row.ts';

export type JsonObject = { readonly [field: string]: unknown };

export interface ModelFolder {
  readonly dir: string; // absolute
  readonly name: string; // of the folder
  readonly dtype: Dtype;
  readonly graph: string; // absolute path of the ONNX file
  readonly data: readonly string[]; // names of files beside it that hold weights: model.onnx_data …
  /** First 16 hex digits of the SHA-256 over names and contents of everything that decides what the model says. */
  readonly revision: string;
  readonly config: ModelConfig;
  readonly tokenizerJson: JsonObject;
  readonly tokenizerConfig: JsonObject; // its chat_template is that of chat_template.jinja, where that file exists
  readonly scorer?: ScorerRow; // scorer.json
}

const needed = ['config.json', 'tokenizer.json', 'tokenizer_config.json'] as const;
const optional = ['generation_config.json', 'chat_template.jinja', 'scorer.json'] as const;

/**
 * Reads all but the weights, which are hashed in a stream. Where checksums.json exists, every file in it is compared.
 * MODEL_FOLDER_WRONG: what is missing, broken or unknown, by name. MODEL_WEIGHTS_CORRUPT: a file whose checksum is another.
 */
export async function readModelFolder(path: string, asked?: Dtype): Promise<ModelFolder> {
  const dir = resolve(path);
  const wrong = (what: string, hint?: string) => new FaultError('MODEL_FOLDER_WRONG', `The model folder ${dir} ${what}`, hint === undefined ? {} : { hint });
  await checkIsFolder(dir);

  const names = (await readdir(dir)).sort(), graphs = names.includes('onnx') ? (await readdir(join(dir, 'onnx'))).sort() : [];
  const present = dtypes.filter((dtype) => graphs.includes(graphFiles[dtype]));
  const missing: string[] = needed.filter((name) => !names.includes(name));
  if (present.length === 0) missing.push(`onnx/${graphFiles[asked ?? 'fp32']}`);
  if (missing.length > 0) {
    const beside = names.find((name) => Object.values<string>(graphFiles).includes(name));
    throw wrong(`lacks ${listed(missing)}.`, beside !== undefined && present.length === 0 ? `${beside} lies beside config.json: put it, and its _data files, into ${join(dir, 'onnx')}.` : undefined);
  }
  const dtype = chooseDtype(present, asked, wrong);
  const graphName = graphFiles[dtype], data = graphs.filter((name) => name.startsWith(`${graphName}_data`));

  const files = new Map<string, Buffer>(); // small ones
  for (const name of [...needed, ...optional]) if (names.includes(name)) files.set(name, await readFile(join(dir, name)).catch((error: Error) => { throw wrong(`holds ${name}, which cannot be read: ${error.message}.`); }));
  const sums = new Map([...files].map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]));
  for (const name of [graphName, ...data]) sums.set(`onnx/${name}`, await sha256Of(join(dir, 'onnx', name)));
  if (names.includes('checksums.json')) await compareSums(dir, sums, wrong);

  const json = (name: string): JsonObject => {
    let value: unknown;
    try { value = JSON.parse(files.get(name)!.toString('utf8').replace(/^\uFEFF/, '')); } catch (error) { throw wrong(`holds a ${name} that is not JSON: ${(error as Error).message}.`, 'Get the file again.'); }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(`holds a ${name} that is no JSON object.`, 'Get the file again.');
    return value as JsonObject;
  };
  const template = files.get('chat_template.jinja')?.toString('utf8');
  return {
    dir, name: basename(dir), dtype, graph: join(dir, 'onnx', graphName), data, revision: revisionOf(sums),
    config: readModelConfig(json('config.json'), files.has('generation_config.json') ? json('generation_config.json') : {}, wrong),
    tokenizerJson: json('tokenizer.json'),
    tokenizerConfig: { ...json('tokenizer_config.json'), ...(template === undefined ? {} : { chat_template: template }) },
    ...(files.has('scorer.json') ? { scorer: readScorerRow(json('scorer.json'), wrong) } : {}),
  };
}

export type WrongFolder = (what: string, hint?: string) => FaultError;

async function checkIsFolder(dir: string): Promise<void> {
  const found = await stat(dir).catch((error: NodeJS.ErrnoException) => {
    const mark = /#([^#/\\]*)$/.exec(dir)?.[1];
    const hint = mark === undefined ? 'Check the path behind "onnx:".' : `"${mark}" is no dtype, so "#" counts as part of the path. Known dtypes: ${dtypes.join(', ')}.`;
    throw new FaultError('MODEL_FOLDER_WRONG', error.code === 'ENOENT' || error.code === 'ENOTDIR' ? `There is no model folder ${dir}.` : `The model folder ${dir} cannot be read: ${error.message}.`, { hint });
  });
  if (!found.isDirectory()) throw new FaultError('MODEL_FOLDER_WRONG', `${dir} is a file, not a model folder.`, { hint: 'Give the folder that holds config.json and onnx/.' });
}

function chooseDtype(present: readonly Dtype[], asked: Dtype | undefined, wrong: WrongFolder): Dtype {
  if (asked !== undefined) {
    if (!isDtype(asked)) throw wrong(`is asked for the unknown dtype "${String(asked)}".`, `Known: ${dtypes.join(', ')}.`);
    if (!present.includes(asked)) throw wrong(`lacks onnx/${graphFiles[asked]} (${asked}).`, `It has ${listed(present)}: write #${present[0]!} behind the path, or export ${asked}.`);
    return asked;
  }
  if (present.includes('fp32')) return 'fp32';
  if (present.length > 1) throw wrong(`holds several precisions and no fp32: ${listed(present)}.`, `Name one behind the path: #${present[0]!}.`);
  return present[0]!;
}

async function compareSums(dir: string, known: ReadonlyMap<string, string>, wrong: WrongFolder): Promise<void> {
  const hint = 'Get the folder again, or remove checksums.json if you changed the files yourself.';
  let sums: unknown;
  try { sums = (JSON.parse(await readFile(join(dir, 'checksums.json'), 'utf8')) as { files?: unknown } | null)?.files; } catch (error) { throw wrong(`holds a checksums.json that is not JSON: ${(error as Error).message}.`, hint); }
  if (typeof sums !== 'object' || sums === null || Array.isArray(sums)) throw wrong('holds a checksums.json without the object "files".', hint);
  for (const [name, sum] of Object.entries(sums)) {
    if (typeof sum !== 'string' || !/^[0-9a-f]{64}$/i.test(sum)) throw wrong(`holds a checksums.json whose entry ${name} is no SHA-256 in hex.`, hint);
    if (isAbsolute(name) || name.split(/[/\\]/).includes('..')) throw wrong(`holds a checksums.json that names ${name}, a file outside the folder.`, hint);
    const found = known.get(name) ?? await sha256Of(join(dir, name)).catch(() => { throw wrong(`lacks ${name}, which its checksums.json lists.`, hint); });
    if (found !== sum.toLowerCase()) throw new FaultError('MODEL_WEIGHTS_CORRUPT', `${join(dir, name)} has the SHA-256 ${found.slice(0, 16)}…; checksums.json says ${sum.slice(0, 16)}….`);
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

function revisionOf(sums: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const name of [...sums.keys()].sort()) hash.update(`${name}\0${sums.get(name)!}\n`);
  return hash.digest('hex').slice(0, 16);
}

const listed = (names: readonly string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`);
