// A trainer that learns nothing: it copies the model that its job starts from, or, for a step scorer, the one that ships, and says so in a true manifest. It obeys the rest of the contract: checkpoint, signals, progress, a job that is done.
//
//   node copying-trainer.ts job.json [--steps N] [--fail TASK] [--lie TASK] [--deaf]      a step takes 20 ms; what fails does so until its settings have mended=true
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { TrainingJob, TrainingManifest } from '@slowthink/records';
import { seedScorerDir } from '@slowthink/seed-models';
import { hashJob, modelHash } from '@slowthink/training';

const { positionals: [path], values: { steps: stepsText, fail, lie, deaf } } = parseArgs({ allowPositionals: true, options: { steps: { type: 'string', default: '3' }, fail: { type: 'string' }, lie: { type: 'string' }, deaf: { type: 'boolean', default: false } } });
const job = JSON.parse(readFileSync(path!, 'utf8')) as TrainingJob;
const { out, task } = job, steps = Number(stepsText), model = join(out, 'model'), checkpoint = join(out, 'checkpoint/step');
const write = (file: string, text: string): void => { writeFileSync(`${file}.new`, text); renameSync(`${file}.new`, file); };
const fileHash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

if (existsSync(join(out, 'manifest.json'))) process.exit(0);
if (fail === task && job.settings['mended'] !== true) { write(join(out, 'error.json'), JSON.stringify({ code: 'loss', message: 'The loss is no number after step 2.', hint: 'Lower the learning rate.' })); process.exit(1); }

let stop = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { stop = !deaf; });
mkdirSync(join(out, 'checkpoint'), { recursive: true });
for (let step = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0; step < steps; step += 1) {
  write(join(out, 'progress.json'), JSON.stringify({ phase: 'training', step, steps, loss: 1 / (step + 1), tokensPerSecond: 1000, secondsLeft: (steps - step) / 50 }));
  await sleep(20);
  write(checkpoint, String(step + 1));
  if (stop) process.exit(130);
}

rmSync(model, { recursive: true, force: true });
const hashes = await hashJob(job);
cpSync(task === 'prm' ? seedScorerDir() : job.base.model, model, { recursive: true });
writeFileSync(join(model, 'trained.json'), JSON.stringify({ task, base: hashes.base, data: hashes.data, seed: job.seed })); // so that every training gives other bytes
const files = readdirSync(model, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !['checksums.json', 'README.md'].includes(entry.name)).map((entry) => join(entry.parentPath, entry.name).slice(model.length + 1));
writeFileSync(join(model, 'checksums.json'), JSON.stringify({ files: Object.fromEntries(files.sort().map((file) => [file, fileHash(join(model, file))])) }));
writeFileSync(join(out, 'loss.jsonl'), `${JSON.stringify({ step: steps, loss: 0.5, rate: 0, tokens: 100, seconds: 1 })}\n`);
const manifest: TrainingManifest = {
  v: 1, task, config: job.config, settings: job.settings, base: { model: hashes.base, adapter: hashes.adapter }, data: { sha256: hashes.data, files: hashes.files.map(({ path: name, sha256 }) => ({ path: name, rows: 1, sha256 })), rows: 10, used: 10, skipped: {} },
  seed: job.seed, threads: job.threads, steps, epochs: 1, tokens: 1000, flops: 1, seconds: 1, stopped: 'end', loss: { first: 1, last: 0.5, held: null },
  model: { folder: 'model', sha256: lie === task ? '0'.repeat(64) : await modelHash(model) }, adapter: null, onnx: { difference: 0, tolerance: 1e-4 }, curve: { data: 'loss.jsonl', picture: 'loss.svg' }, versions: { node: process.version }, deterministic: true,
};
write(join(out, 'manifest.json'), JSON.stringify(manifest));
