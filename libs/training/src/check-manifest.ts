// Whether a manifest is true. What it says of the job is compared with the job, what it says of files with the files: nothing is believed that can be computed again.
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import type { TrainingJob, TrainingManifest } from '@slowthink/records';
import { withoutTask } from './check-settings.ts';
import { dataFiles, hashOfFiles, kindOf, type DataFile } from './data-hash.ts';
import { isConfigFile } from './job-file.ts';
import { hashModel, modelHash } from './model-hash.ts';

/** What a job starts from, computed from its files. */
export interface JobHashes {
  readonly base: string; // model hash
  readonly adapter: string | null;
  readonly data: string; // data hash
  readonly files: readonly DataFile[];
  /** The same with the step pairs, which a dpo reads where its settings have `steps`; null where there are none. */
  readonly withSteps: { readonly data: string; readonly files: readonly DataFile[] } | null;
}

/** Reads base and data of a job once; a dpo may have step pairs alone. MODEL_FOLDER_WRONG, DIR_MISSING, DATASET_EMPTY: a job that cannot be trained is refused before anybody is asked to. */
export async function hashJob(job: TrainingJob, signal?: AbortSignal): Promise<JobHashes> {
  const files = await dataFiles(job.datasets, kindOf[job.task], signal).catch(async (error: unknown) => {
    if (job.task === 'dpo' && isEmpty(error) && (await dataFiles(job.datasets, 'preference_steps', signal).catch(() => [])).length > 0) return []; // pairs of steps alone
    throw error;
  });
  return { base: await modelHash(job.base.model, signal), adapter: job.base.adapter === null ? null : await modelHash(job.base.adapter, signal), data: hashOfFiles(files), files, withSteps: job.task === 'dpo' ? await withStepPairs(job, files, signal) : null };
}

async function withStepPairs({ datasets }: TrainingJob, files: readonly DataFile[], signal?: AbortSignal): Promise<JobHashes['withSteps']> {
  try {
    const steps = await dataFiles(datasets, 'preference_steps', signal);
    const both = datasets.flatMap((_, place) => [...files, ...steps].filter(({ dataset }) => dataset === place)); // "preference/" comes before "preference_steps/"
    return { data: hashOfFiles(both), files: both };
  } catch (error) { if (isEmpty(error)) return null; throw error; }
}

const isEmpty = (error: unknown): boolean => error instanceof FaultError && error.code === 'DATASET_EMPTY';

const shown = (value: unknown): string => (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 12)}…` : JSON.stringify(value) ?? 'nothing');
const listed = (files: readonly { readonly path: string; readonly sha256: string }[]): string => files.map(({ path, sha256 }) => `${path} ${sha256}`).toSorted().join('\n');

/** Where a manifest is of another job, in words: 'seed is 2, the job says 1'; undefined where it is of this one. */
export function differenceFromJob(job: TrainingJob, hashes: JobHashes, manifest: TrainingManifest): string | undefined {
  const { data, files } = manifest.settings['steps'] === true ? hashes.withSteps ?? hashes : hashes;
  const pairs: readonly (readonly [name: string, got: unknown, wanted: unknown])[] = [
    ['task', manifest.task, job.task],
    ...(isConfigFile(job.config) ? [] : [['config', manifest.config, job.config] as const]), // a file has its name inside
    ...[...new Map(Object.entries(job.settings).map(([name, value]) => [withoutTask(name, job.task), value]))].map(([name, value]) => [`settings.${name}`, manifest.settings[name], value] as const), // of prm.rate and rate the later one counts
    ['base.model', manifest.base.model, hashes.base], ['base.adapter', manifest.base.adapter, hashes.adapter], ['data.sha256', manifest.data.sha256, data],
    ['seed', manifest.seed, job.seed], ['threads', manifest.threads, job.threads],
  ];
  const other = pairs.find(([, got, wanted]) => got !== wanted);
  if (other !== undefined) return `${other[0]} is ${shown(other[1])}, the job says ${shown(other[2])}`;
  return listed(manifest.data.files) === listed(files) ? undefined : `data.files lists ${manifest.data.files.length} files that are not the ${files.length} of the data sets`;
}

/** Whether what a manifest counts can be, and what it lists is there and has the hashes that it says. TRAINER_LIED. Cost: reads every byte of the model once. */
export async function checkManifest(job: TrainingJob, manifest: TrainingManifest, signal?: AbortSignal): Promise<void> {
  const lies = (why: string, hint?: string): FaultError => new FaultError('TRAINER_LIED', `${join(job.out, 'manifest.json')}: ${why}.`, hint === undefined ? {} : { hint });
  const { data } = manifest;
  if (data.rows === 0 || data.used === 0) throw lies(`it was trained on ${data.rows === 0 ? 'no row' : `none of ${data.rows} rows`}`, 'A model without rows is its base. Look at what was skipped, and why, in the manifest.');
  if (data.used > data.rows) throw lies(`it used ${data.used} of ${data.rows} rows`);
  if (manifest.steps === 0) throw lies('it made no update of the weights', manifest.stopped === 'max-minutes' ? 'Give it more time: maxMinutes.' : undefined);
  if (job.export === 'onnx' && manifest.onnx === null) throw lies('it has no ONNX graph, and the job asks for one');
  if (manifest.onnx !== null && manifest.onnx.difference > manifest.onnx.tolerance) throw lies(`the ONNX graph differs from PyTorch by ${manifest.onnx.difference}; ${manifest.onnx.tolerance} is allowed`);

  const inside = (folder: string): string => {
    if (isAbsolute(folder) || folder.split(/[/\\]/).includes('..')) throw lies(`${folder} is outside of ${job.out}`);
    return join(job.out, folder);
  };
  const there = async (path: string, what: string): Promise<void> => { if ((await stat(path).catch(() => undefined))?.isFile() !== true) throw lies(`${what} is missing: there is no file ${path}`); };
  for (const [what, made] of [['model', manifest.model], ['adapter', manifest.adapter]] as const) {
    if (made === null) continue;
    const folder = inside(made.folder);
    const { sha256, files } = await hashModel(folder, signal).catch((error: unknown) => { throw error instanceof FaultError && error.code === 'MODEL_FOLDER_WRONG' ? lies(`the ${what} is missing: ${error.message.replace(/\.$/, '')}`) : error; });
    if (sha256 !== made.sha256) throw lies(`the ${what} in ${folder} has the hash ${shown(sha256)}, not ${shown(made.sha256)}`);
    if (what === 'adapter') continue;
    await there(join(folder, 'config.json'), 'the configuration of the model');
    if (job.export === 'onnx') await there(join(folder, 'onnx/model.onnx'), 'the ONNX graph');
    if (job.task === 'prm') await there(join(folder, 'scorer.json'), 'what tells a step scorer (scorer.json)');
    await checkChecksums(folder, files, lies);
  }
  await there(inside(manifest.curve.data), 'the loss curve');
}

async function checkChecksums(folder: string, files: ReadonlyMap<string, string>, lies: (why: string) => FaultError): Promise<void> {
  const path = join(folder, 'checksums.json');
  let value: { readonly files?: unknown };
  try { value = JSON.parse(await readFile(path, 'utf8')) as typeof value; } catch (error) { throw lies(`${path} ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : 'is no JSON'}`); }
  const said = typeof value?.files === 'object' && value.files !== null ? value.files as { readonly [path: string]: unknown } : {};
  const wrong = [...files].find(([file, sha256]) => said[file] !== sha256)?.[0];
  if (wrong !== undefined) throw lies(`${path} ${Object.hasOwn(said, wrong) ? `has another hash of ${wrong}` : `does not list ${wrong}`}`);
  const absent = Object.keys(said).find((file) => !files.has(file) && !file.split('/').some((part) => part.startsWith('.')));
  if (absent !== undefined) throw lies(`${path} lists ${absent}, which is not there`);
}
