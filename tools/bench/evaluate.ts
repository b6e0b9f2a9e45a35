// npm run bench:evaluate: what re-scoring costs, on invented verdicts: reading them from a file of JSON lines, columns, all rules with their accuracies; then, apart, intervals and pairs, and the curve over N.
//   --items 5000 --candidates 16 --steps 10; --file FILE reads verdicts of a real run instead. Bound: reading, all rules and accuracies under 10 s; exit 1 above it.
// What counts is the CPU time of the thread, which does all of it: other programs on the machine make the clock go on, and not this.
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { columnsOf, summarise, type EvaluateOptions, type ItemColumns } from '@slowthink/evaluation';
import { decodeRecord, type Candidate, type VerdictsRecord } from '@slowthink/records';
import { seededRandom } from '@slowthink/statistics';
import { machineLine } from './machine.ts';

const { values: flags } = parseArgs({ options: { items: { type: 'string', default: '5000' }, candidates: { type: 'string', default: '16' }, steps: { type: 'string', default: '10' }, file: { type: 'string' } } });
const boundMs = 10_000;
const letters = ['A', 'B', 'C', 'D'];
const words = 'the patient has fever and cough so we check the dose of each drug against renal function then compare the signs with the history'.split(' ');

/** Steps of 16 words; candidates share their first ones, as those of one item do at times. Right ones have higher values. */
function invented(at: number, candidates: number, steps: number, random: () => number): VerdictsRecord {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const step = (): string => Array.from({ length: 16 }, () => pick(words)).join(' ');
  const ease = random(), shared = Array.from({ length: 2 }, step);
  const one = (seed: number): Candidate => {
    const stated = random() < 0.95, answer = stated ? (random() < ease ? 'A' : pick(letters)) : '';
    const lift = answer === 'A' ? 0.2 : 0;
    return {
      steps: Array.from({ length: steps }, (_, k) => (k < 2 && random() < 0.5 ? shared[k]! : step())), values: Array.from({ length: steps }, () => Math.min(1, 0.8 * random() + lift)), truncated: !stated && random() < 0.5, tokens: 20 * steps, seed,
      verdict: stated ? { status: answer === 'A' ? 'right' : 'wrong', answer, normalised: answer, rule: 'stated' } : { status: 'none', why: 'no answer', answer: '', normalised: '', rule: 'none' },
    };
  };
  const usage = { requests: 1, samples: candidates, promptTokens: 120, completionTokens: 20 * steps * candidates };
  return {
    type: 'verdicts', v: 1, policy: { model: 'invented', revision: '1' }, scorer: { model: 'invented', revision: '1' }, grader: 'rules', decode: 'sample',
    item: {
      type: 'question', v: 1, id: `bench/test/${at}`, dataset: `bench-${at % 4}`, split: 'test', role: 'benchmark', attempt: 1, prompt: { text: Array.from({ length: 8 }, step).join(' ') },
      gold: { kind: 'choice', answer: 'A', options: letters.map((letter) => ({ letter, text: letter })) },
    },
    candidates: Array.from({ length: candidates }, (_, seed) => one(seed)), greedy: one(candidates), usage, greedyUsage: { ...usage, samples: 1, completionTokens: 20 * steps },
    scorerUsage: { requests: candidates, promptTokens: candidates * (120 + 20 * steps), completionTokens: 0 },
  };
}

async function write(file: string): Promise<void> {
  const random = seededRandom(1);
  const handle = await open(file, 'w');
  for (let at = 0; at < Number(flags.items); at++) await handle.write(`${JSON.stringify(invented(at, Number(flags.candidates), Number(flags.steps), random))}\n`);
  await handle.close();
}

async function read(file: string): Promise<readonly ItemColumns[]> {
  const columns: ItemColumns[] = [];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) columns.push(columnsOf(decodeRecord(line, ['verdicts']) as VerdictsRecord));
  return columns;
}

async function timed<T>(what: string, run: () => T | Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const from = performance.now(), before = process.threadCpuUsage();
  const value = await run();
  const { user, system } = process.threadCpuUsage(before);
  const ms = (user + system) / 1000;
  console.log(`${what.padEnd(64)} ${((performance.now() - from) / 1000).toFixed(2).padStart(7)} s ${(ms / 1000).toFixed(2).padStart(7)} s of CPU`);
  return { ms, value };
}

const dir = await mkdtemp(join(tmpdir(), 'slowthink-bench-'));
try {
  const file = flags.file ?? join(dir, 'verdicts.jsonl');
  if (flags.file === undefined) await write(file);
  console.log(`${machineLine()} ${((await stat(file)).size / 1e6).toFixed(0)} MB of verdicts.`);
  const reading = await timed('reading, validating, columns', () => read(file));
  globalThis.gc?.();
  const columns = reading.value;
  const options: EvaluateOptions = { policyParameters: 1_148_032, scorerParameters: 1_148_290 };
  const rules = await timed('all rules, accuracies, pass@k, quality of step values', () => summarise(columns, { ...options, intervals: false }));
  await timed('the same with intervals and every pair of rules', () => summarise(columns, { ...options, curveRules: [] }));
  await timed('the same with curve over N and equal-cost comparison', () => summarise(columns, options));
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const ms = reading.ms + rules.ms;
  console.log(`${columns.length} items, ${rules.value.sets.reduce((sum, { samples }) => sum + samples.samples, 0)} candidates, ${rules.value.sets[0]!.rules.length} rules; heap ${(heapUsed / 1e6).toFixed(0)} MB, of columns ${(arrayBuffers / 1e6).toFixed(0)} MB more.`);
  console.log(`reading, all rules and accuracies: ${(ms / 1000).toFixed(2)} s of CPU; at most ${boundMs / 1000} s: ${ms <= boundMs ? 'holds' : 'does NOT hold'}.`);
  process.exitCode = ms <= boundMs ? 0 : 1;
} finally {
  await rm(dir, { recursive: true, force: true });
}
