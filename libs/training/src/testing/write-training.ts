// What a trainer leaves, written by another implementation of docs/training.md than the one that is tested: no import of the product but types.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingJob, TrainingManifest } from '@slowthink/records';

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** path -> sha256 of a model folder, in the order of its hash. */
export function filesOf(folder: string): readonly (readonly [path: string, sha256: string])[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(folder, path)).isFile() && path.split('/').every((part) => !part.startsWith('.')) && !/(^|\/)(checksums\.json|README\.md)$/.test(path));
  return paths.sort(byBytes).map((path) => [path, sha256(readFileSync(join(folder, path)))]);
}
export const hashOf = (folder: string): string => sha256(filesOf(folder).map(([path, hash]) => `${hash}  ${path}\n`).join(''));

/** Writes OUT/model, its checksums, the curve and a true manifest, which `change` may make another one. */
export function writeTraining(job: TrainingJob, change: (manifest: TrainingManifest) => object = (manifest) => manifest): void {
  const model = join(job.out, 'model'), kinds = { sft: ['sft'], prm: ['prm'], dpo: job.settings['steps'] === true ? ['preference', 'preference_steps'] : ['preference'] }[job.task];
  cpSync(job.base.model, model, { recursive: true });
  writeFileSync(join(model, 'model.safetensors'), `trained on seed ${job.seed}`);
  if (job.export === 'onnx') { mkdirSync(join(model, 'onnx'), { recursive: true }); writeFileSync(join(model, 'onnx/model.onnx'), 'graph'); }
  if (job.task === 'prm') writeFileSync(join(model, 'scorer.json'), '{}');
  writeFileSync(join(model, 'checksums.json'), JSON.stringify({ files: Object.fromEntries(filesOf(model)) }));
  writeFileSync(join(job.out, 'loss.jsonl'), '{"step":1,"loss":0.5,"rate":0.001,"tokens":10,"seconds":1}\n');
  const files = job.datasets.flatMap((folder, dataset) => kinds.flatMap((kind) => readdirSync(join(folder, kind)).sort(byBytes).map((name) => ({ dataset, path: `${kind}/${name}`, rows: 2, sha256: sha256(readFileSync(join(folder, kind, name))) }))));
  const manifest: TrainingManifest = {
    v: 1, task: job.task, config: job.config, settings: { rate: 0.001, ...job.settings }, base: { model: hashOf(job.base.model), adapter: job.base.adapter === null ? null : hashOf(job.base.adapter) },
    data: { sha256: sha256(files.map(({ dataset, path, sha256: hash }) => `${hash}  ${dataset}/${path}\n`).join('')), files: files.map(({ path, rows, sha256: hash }) => ({ path, rows, sha256: hash })), rows: 2 * files.length, used: 2 * files.length, skipped: {} },
    seed: job.seed, threads: job.threads, steps: 1, epochs: 1, tokens: 10, flops: 60, seconds: 1, stopped: 'end', loss: { first: 0.5, last: 0.5, held: null },
    model: { folder: 'model', sha256: hashOf(model) }, adapter: null, onnx: job.export === 'onnx' ? { difference: 1e-6, tolerance: 1e-4 } : null, curve: { data: 'loss.jsonl', picture: 'loss.svg' }, versions: { python: '3.11.7' }, deterministic: true,
  };
  writeFileSync(join(job.out, 'manifest.json'), JSON.stringify(change(manifest)));
}
