// A reduced evolution with real training, and the same one killed at five points:   node tools/evolution/check.ts [--trainer local|local:PYTHON] [--dir DIR]
// One round of 64 questions, measured on 48 dev items with 8 candidates. Checks that files, hashes, resume and report are right, and that the killed one comes to the same models, bytes of data and numbers.
// Exit codes: 0 all hold, 1 one does not, 2 wrong use, 3 something is missing.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isTrainingManifest } from '@slowthink/records';
import { modelHash } from '@slowthink/training';

const { values: flags } = parseArgs({ options: { trainer: { type: 'string', default: 'local' }, dir: { type: 'string' } } });
const work = flags.dir === undefined ? mkdtempSync(join(tmpdir(), 'evolution-')) : resolve(flags.dir);
const repository = resolve(import.meta.dirname, '../..');
const command = (dir: string): readonly string[] => ['evolve', '--rounds', '1', '--questions-a-round', '64', '--dev-limit', '48', '-n', '8', '--draws', '1000', '--trainer', flags.trainer, '--dir', dir, '--json'];

interface Ended { readonly code: number | null; readonly output: string; readonly said: string }

function start(dir: string): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [join(repository, 'apps/slowthink/src/main.ts'), ...command(dir)], { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '', said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text; });
  return { child, ended: new Promise((done, failed) => child.on('error', failed).on('close', (code) => done({ code, output, said }))) };
}

const problems: string[] = [];
const expect = (holds: boolean, what: string): void => { console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`); if (!holds) problems.push(what); };

/** Where the second evolution is killed: each once, as soon as it is seen. */
const points: readonly { readonly name: string; reached(dir: string): boolean }[] = [
  { name: 'in the search', reached: (dir) => begun(dir, '1-run') && existsSync(join(dir, 'rounds', '1', 'run', 'stream.sqlite')) && after(dir, '1-run', 3000) },
  { name: 'in the SFT', reached: (dir) => begun(dir, '1-sft') && phaseOf(dir, 'policy') === 'training' },
  { name: 'in the training of the step scorer', reached: (dir) => begun(dir, '1-prm') && phaseOf(dir, 'scorer') === 'training' && stepOf(dir, 'scorer') >= 5 },
  { name: 'in the export of the step scorer', reached: (dir) => begun(dir, '1-prm') && phaseOf(dir, 'scorer') === 'exporting' },
  { name: 'in the evaluation', reached: (dir) => begun(dir, '1-dev') && existsSync(join(dir, 'rounds', '1', 'dev', 'stream.sqlite')) && after(dir, '1-dev', 2000) },
];
const seenAt = new Map<string, number>();
const begun = (dir: string, step: string): boolean => existsSync(join(dir, 'steps', `${step}.begun.json`)) && !existsSync(join(dir, 'steps', `${step}.done.json`));
/** So many ms after the step was first seen to have begun. */
function after(dir: string, step: string, ms: number): boolean {
  const key = `${dir} ${step}`;
  if (!seenAt.has(key)) seenAt.set(key, Date.now());
  return Date.now() - seenAt.get(key)! >= ms;
}
function progressOf(dir: string, part: string): { readonly phase?: string; readonly step?: number } {
  try { return JSON.parse(readFileSync(join(dir, 'rounds', '1', part, 'progress.json'), 'utf8')) as { phase: string; step: number }; } catch { return {}; }
}
const phaseOf = (dir: string, part: string): string | undefined => progressOf(dir, part).phase;
const stepOf = (dir: string, part: string): number => progressOf(dir, part).step ?? 0;

/** Kills the process when the point is reached; false: it ended before. */
async function killAt(dir: string, reached: (dir: string) => boolean): Promise<boolean> {
  const { child, ended } = start(dir);
  let over = false;
  void ended.then(() => { over = true; });
  while (!over && !reached(dir)) await wait(10);
  if (over) return false;
  child.kill('SIGKILL');
  await ended;
  return true;
}

interface Summary { readonly rounds: readonly { readonly round: number; readonly greedyGain: Gain | null; readonly voteGain: Gain | null; readonly accuracies: object; readonly hashes: object; readonly minutes: object }[]; readonly report: string | null; readonly drained: boolean }
interface Gain { readonly difference: number; readonly low: number; readonly high: number }

/** What must be the same in both: data, models, and what was measured. */
async function madeBy(dir: string, { rounds }: Summary): Promise<object> {
  const round = join(dir, 'rounds', '1');
  return {
    data: readFileSync(join(round, 'run', 'dataset', 'README.md'), 'utf8'), policy: await modelHash(join(round, 'policy', 'model')), scorer: await modelHash(join(round, 'scorer', 'model')),
    rounds: rounds.map(({ minutes: _minutes, ...rest }) => rest),
  };
}

const summaryOf = ({ code, output, said }: Ended, what: string): Summary => {
  if (code !== 0) throw new Error(`${what} ended with code ${code}.\n${said.split('\n').filter((line) => !line.startsWith('{"type":"progress"')).slice(-15).join('\n')}`);
  return JSON.parse(output.trim().split('\n').at(-1)!) as Summary;
};

try {
  const [whole, killed] = [join(work, 'whole'), join(work, 'killed')];
  const began = Date.now();
  const first = summaryOf(await start(whole).ended, 'The undisturbed evolution');
  console.log(`Undisturbed: ${((Date.now() - began) / 1000).toFixed(0)} s`);
  const [base, round] = first.rounds;
  expect(first.rounds.length === 2 && base?.round === 0 && base.greedyGain === null, 'the base is measured, and has no gain');
  expect(round !== undefined && [round.greedyGain, round.voteGain].every((gain) => gain !== null && gain.low <= gain.difference && gain.difference <= gain.high), 'round 1 has both gains, each within its interval');
  expect(Object.keys(round?.minutes ?? {}).length >= 4, 'minutes stand for each step');
  expect(first.report !== null && readFileSync(first.report, 'utf8').includes('</html>'), 'the report is a whole page');
  for (const part of ['policy', 'scorer']) {
    const out = join(whole, 'rounds', '1', part);
    const manifest: unknown = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
    expect(isTrainingManifest(manifest) && manifest.model.sha256 === await modelHash(join(out, 'model')) && manifest.deterministic, `the manifest of the ${part} is valid, says the hash of its files, and that the training is deterministic`);
    expect(['model.safetensors', 'onnx/model.onnx', 'tokenizer.json', 'checksums.json'].every((file) => existsSync(join(out, 'model', file))) && ['README.md', 'loss.jsonl', 'loss.svg'].every((file) => existsSync(join(out, file))) && !existsSync(join(out, 'checkpoint')), `the ${part} has weights, graph, tokenizer, checksums, card and loss curve, and no checkpoint is left`);
  }
  const again = Date.now();
  const second = summaryOf(await start(whole).ended, 'The same command again');
  expect(JSON.stringify(second.rounds) === JSON.stringify(first.rounds), `the same command again does nothing and says the same (${((Date.now() - again) / 1000).toFixed(0)} s)`);

  for (const { name, reached } of points) expect(await killAt(killed, reached), `killed ${name}`);
  const last = summaryOf(await start(killed).ended, 'The killed evolution, once more');
  const [a, b] = [await madeBy(whole, first), await madeBy(killed, last)] as Record<string, unknown>[];
  for (const key of Object.keys(a!)) expect(JSON.stringify(a![key]) === JSON.stringify(b![key]), `the killed one has the same ${key}`);
  expect(readdirSync(join(killed, 'steps')).filter((name) => name.endsWith('.done.json')).length === readdirSync(join(whole, 'steps')).filter((name) => name.endsWith('.done.json')).length, 'as many steps are done in both');
  console.log(problems.length === 0 ? `All holds, in ${((Date.now() - began) / 1000).toFixed(0)} s.` : `${problems.length} do not hold.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  if (flags.dir === undefined) rmSync(work, { recursive: true, force: true });
}
