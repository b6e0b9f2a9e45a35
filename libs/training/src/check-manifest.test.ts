import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingJob, TrainingManifest } from '@slowthink/records';
import { describe, expect, it } from 'vitest';
import { checkManifest, differenceFromJob, hashJob } from './check-manifest.ts';
import { wholeJob, writeJob } from './job-file.ts';
import { readManifest } from './read-manifest.ts';
import { trainingFolder } from './testing/training-folder.ts';
import { writeTraining } from './testing/write-training.ts';

type Manifest = { -readonly [Field in keyof TrainingManifest]: TrainingManifest[Field] };

/** Trains, as `change` has it, and gives what is said against it: the difference from the job, or the message of the fault. */
async function saidOf(given: Partial<TrainingJob>, change: (manifest: TrainingManifest, job: TrainingJob) => object, after: (out: string) => void = () => {}): Promise<string> {
  const { job } = trainingFolder(given);
  await writeJob(job);
  writeTraining(job, (manifest) => change(manifest, job));
  after(job.out);
  try {
    const manifest = await readManifest(job.out);
    const other = differenceFromJob(job, await hashJob(job), manifest!);
    if (other !== undefined) return other;
    await checkManifest(job, manifest!);
    return 'true';
  } catch (error) {
    expect(error).toMatchObject({ code: 'TRAINER_LIED' });
    return (error as Error).message.replaceAll(`${job.out}/`, 'OUT/').replaceAll(job.out, 'OUT');
  }
}
const changed = (change: Partial<Manifest>) => (manifest: TrainingManifest): object => ({ ...manifest, ...change });
const other = 'f'.repeat(64);

describe('a manifest', () => {
  it.each([['sft', 'none'], ['prm', 'onnx'], ['dpo', 'onnx']] as const)('that is true is believed: %s, export %s', async (task, graph) => {
    expect(await saidOf({ task, export: graph, settings: { rate: 0.1, lora: true, from: null } }, (manifest) => manifest)).toBe('true');
  });

  it('names a setting as it is, where the job names the task too', async () => {
    expect(await saidOf({ task: 'prm', settings: { 'prm.rate': 0.5 } }, changed({ settings: { rate: 0.5 } }))).toBe('true');
    expect(await saidOf({ task: 'prm', settings: { 'prm.rate': 0.5 } }, changed({ settings: { rate: 0.1 } }))).toBe('settings.rate is 0.1, the job says 0.5');
    expect(await saidOf({ task: 'prm', settings: { rate: 0.1, 'prm.rate': 0.5 } }, changed({ settings: { rate: 0.5 } }))).toBe('true');
  });

  it('of step pairs has their files too', async () => {
    expect(await saidOf({ task: 'dpo', settings: { steps: true } }, (manifest) => manifest)).toBe('true');
    expect(await saidOf({ task: 'dpo' }, (manifest) => ({ ...manifest, settings: { steps: true } }))).toMatch(/^data\.sha256 is /);
  });

  it('of step pairs alone, without a finished pair, has their files; without any pair there is nothing to train on', async () => {
    const { job } = trainingFolder({ task: 'dpo', settings: { steps: true } });
    for (const dataset of job.datasets) rmSync(join(dataset, 'preference'), { recursive: true });
    const { files, withSteps } = await hashJob(job);
    expect([files, withSteps!.files.map(({ path }) => path)]).toEqual([[], ['preference_steps/train-00000-of-00001.parquet', 'preference_steps/train-00000-of-00001.parquet']]);
    for (const dataset of job.datasets) rmSync(join(dataset, 'preference_steps'), { recursive: true });
    await expect(hashJob(job)).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
  });

  it('of a configuration file may have any name', async () => {
    expect(await saidOf({ config: './mine.json' }, changed({ config: 'mine' }))).toBe('true');
  });

  it.each<readonly [string, Partial<TrainingJob>, (manifest: TrainingManifest, job: TrainingJob) => object, string]>([
    ['another task', {}, changed({ task: 'dpo' }), 'task is "dpo", the job says "sft"'],
    ['another configuration', {}, changed({ config: 'meds3-v2' }), 'config is "meds3-v2", the job says "seed-cpu"'],
    ['another value of a setting', { settings: { rate: 0.5 } }, changed({ settings: { rate: 0.001 } }), 'settings.rate is 0.001, the job says 0.5'],
    ['a setting that was not in force', { settings: { rate: 0.5 } }, changed({ settings: {} }), 'settings.rate is nothing, the job says 0.5'],
    ['another base', {}, (manifest) => ({ ...manifest, base: { ...manifest.base, model: other } }), 'base.model is ffffffffffff…, the job says '],
    ['an adapter that was not asked for', {}, (manifest) => ({ ...manifest, base: { ...manifest.base, adapter: other } }), 'base.adapter is ffffffffffff…, the job says null'],
    ['other data', {}, (manifest) => ({ ...manifest, data: { ...manifest.data, sha256: other } }), 'data.sha256 is ffffffffffff…, the job says '],
    ['a file that was left out', {}, (manifest) => ({ ...manifest, data: { ...manifest.data, files: manifest.data.files.slice(1) } }), 'data.files lists 1 files that are not the 2 of the data sets'],
    ['another seed', {}, changed({ seed: 2 }), 'seed is 2, the job says 1'],
    ['other threads', {}, changed({ threads: 8 }), 'threads is 8, the job says 1'],
    ['no row', {}, (manifest) => ({ ...manifest, data: { ...manifest.data, rows: 0, used: 0 } }), 'OUT/manifest.json: it was trained on no row.'],
    ['no row that was used', {}, (manifest) => ({ ...manifest, data: { ...manifest.data, used: 0 } }), 'OUT/manifest.json: it was trained on none of 4 rows.'],
    ['more rows than there are', {}, (manifest) => ({ ...manifest, data: { ...manifest.data, used: 5 } }), 'OUT/manifest.json: it used 5 of 4 rows.'],
    ['no update', {}, changed({ steps: 0 }), 'OUT/manifest.json: it made no update of the weights.'],
    ['no graph', { export: 'onnx' }, changed({ onnx: null }), 'OUT/manifest.json: it has no ONNX graph, and the job asks for one.'],
    ['a graph that differs', { export: 'onnx' }, changed({ onnx: { difference: 0.5, tolerance: 1e-4 } }), 'OUT/manifest.json: the ONNX graph differs from PyTorch by 0.5; 0.0001 is allowed.'],
    ['another hash of the model', {}, changed({ model: { folder: 'model', sha256: other } }), 'OUT/manifest.json: the model in OUT/model has the hash '],
    ['a model that is not there', {}, changed({ model: { folder: 'models', sha256: other } }), 'OUT/manifest.json: the model is missing: There is no folder OUT/models'],
    ['a model somewhere else', {}, changed({ model: { folder: '../base', sha256: other } }), 'OUT/manifest.json: ../base is outside of OUT.'],
    ['an adapter that is not there', {}, changed({ adapter: { folder: 'adapter', sha256: other } }), 'OUT/manifest.json: the adapter is missing: There is no folder OUT/adapter'],
    ['no curve', {}, changed({ curve: { data: 'curve.jsonl', picture: 'loss.svg' } }), 'OUT/manifest.json: the loss curve is missing: there is no file OUT/curve.jsonl.'],
    ['a missing field', {}, changed({ seconds: undefined as never }), 'OUT/manifest.json is no manifest: seconds is missing.'],
    ['a field that is not known', {}, (manifest) => ({ ...manifest, accuracy: 1 }), 'OUT/manifest.json is no manifest: accuracy is not known.'],
    ['a field of another type', {}, (manifest) => ({ ...manifest, loss: { ...manifest.loss, last: 'low' } }), 'OUT/manifest.json is no manifest: loss.last is "low"; it must be number.'],
  ])('with %s is refused', async (_name, given, change, said) => {
    expect((await saidOf(given, change)).slice(0, said.length)).toBe(said);
  });

  it.each<readonly [string, string, Partial<TrainingJob>, (out: string) => void]>([
    ['changed weights', 'the model in OUT/model has the hash ', {}, (out) => writeFileSync(join(out, 'model/model.safetensors'), 'other')],
    ['a file too many', 'the model in OUT/model has the hash ', {}, (out) => writeFileSync(join(out, 'model/more'), '')],
    ['no checksums', 'OUT/model/checksums.json is missing.', {}, (out) => rmSync(join(out, 'model/checksums.json'))],
    ['checksums that are cut off', 'OUT/model/checksums.json is no JSON.', {}, (out) => writeFileSync(join(out, 'model/checksums.json'), '{"files": {')],
    ['checksums of another model', 'OUT/model/checksums.json has another hash of config.json.', {}, (out) => writeFileSync(join(out, 'model/checksums.json'), JSON.stringify({ files: { 'config.json': other } }))],
    ['checksums without a file', 'OUT/model/checksums.json does not list config.json.', {}, (out) => writeFileSync(join(out, 'model/checksums.json'), '{"files": {}}')],
    ['no model', 'the model is missing: ', {}, (out) => rmSync(join(out, 'model'), { recursive: true })],
  ])('beside %s is refused', async (_name, said, given, after) => {
    expect(await saidOf(given, (manifest) => manifest, after)).toContain(`OUT/manifest.json: ${said}`);
  });

  it.each([['NaN', 'holds NaN: something it measured is no number.'], ['-Infinity', 'holds -Infinity: something it measured is no number.'], ['1e999', 'loss.last is Infinity; it must be number.'], ['', 'is no JSON.']])('with the loss %s is refused', async (loss, said) => {
    const { job } = trainingFolder();
    await writeJob(job);
    let text = '';
    writeTraining(job, (manifest) => { text = JSON.stringify(manifest).replace('"last":0.5', `"last":${loss}`); return manifest; });
    writeFileSync(join(job.out, 'manifest.json'), text);
    await expect((async () => checkManifest(job, (await readManifest(job.out))!))()).rejects.toMatchObject({ code: 'TRAINER_LIED', message: expect.stringContaining(said) as string });
  });

  it('is undefined where there is none', async () => {
    expect(await readManifest(trainingFolder().job.out)).toBeUndefined();
  });
});

describe('a job', () => {
  it('is written with absolute paths', async () => {
    const { job, folder } = trainingFolder();
    const path = await writeJob({ ...job, config: 'configs/mine.json', datasets: ['some/run'] });
    expect(path).toBe(join(folder, 'out/job.json'));
    const { default: written } = await import(path, { with: { type: 'json' } }) as { default: TrainingJob };
    expect(written).toEqual({ ...job, config: join(process.cwd(), 'configs/mine.json'), datasets: [join(process.cwd(), 'some/run')] });
  });

  it.each<readonly [string, object, string]>([
    ['an unknown task', { task: 'rl' }, 'task is "rl"; allowed: "sft", "prm", "dpo"'],
    ['no data set', { datasets: [] }, 'datasets is []; it must NOT have fewer than 1 items'],
    ['a setting that is no value', { settings: { rate: [1] } }, 'settings.rate is [1]; it must be string or number or boolean or null'],
    ['a field that is not known', { epochs: 3 }, 'epochs is not known'],
    ['threads below 1', { threads: 0 }, 'threads is 0; it must be >= 1'],
  ])('with %s is refused', (_name, change, said) => {
    const { job } = trainingFolder();
    expect(() => wholeJob({ ...job, ...change })).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message: `This is no training job: ${said}.` }) as Error);
  });
});
