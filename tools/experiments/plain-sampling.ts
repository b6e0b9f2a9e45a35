// The data set of the study that came before the tree search: whole solutions are sampled, then rollouts from each step prefix of some of them. Written as rows of MedSSS, which an import makes trees of; so labels, rows and sealing are those of every other data set.
//
//   value of a prefix  v = right / all, over every sample that goes through it: the rollouts from it, and the whole solutions that begin with it
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { grade } from '@slowthink/answers';
import type { Policy } from '@slowthink/models';
import { onnxPolicy } from '@slowthink/models-onnx';
import { joinSteps, markStep, rolloutPrompt, splitSteps, STEP_SEPARATOR, STEP_ZERO } from '@slowthink/prompts';
import type { QuestionRecord } from '@slowthink/records';
import { writeWhole } from '@slowthink/results';
import type { Workshop } from './workshop.ts';

const wholeSamples = 8; // solutions of a question
const chainsOfAKind = 2; // right ones, and as many wrong ones, whose prefixes are rolled out
const rollouts = 4; // from each prefix
const tokensMax = 224; // of a solution, as in the recipe seed-cpu
const inFlight = 24; // questions at once

interface Sampled { readonly steps: readonly string[]; readonly right: boolean; readonly answered: boolean }
interface Row { readonly id: string; readonly question: string; readonly pos: readonly Chain[]; readonly neg: readonly Chain[]; readonly answer: string }
type Chain = readonly (readonly [text: string, value: number, simulation: number | null])[];

export interface PlainSampling {
  readonly questions: string; // file of question records
  readonly policy: string; // model folder
  /** Generated tokens of the search that this is compared with; questions are taken in order until they are spent. */
  readonly generatedTokens: number;
  readonly out: string; // folder
}

/** Samples, imports and seals; gives the data set's folder. What was sampled stands in OUT/sampling.json with its tokens. */
export async function sampleDataSet(shop: Workshop, options: PlainSampling): Promise<string> {
  const rows = join(options.out, 'rows.jsonl');
  await shop.step('plain-sampling-samples', () => sampleRows(options, rows, shop.signal));
  const run = join(options.out, 'run');
  await shop.step('plain-sampling-rows', async () => ({ imported: await shop.slowthink('import', rows, '--format', 'medsss', '--dir', run) }));
  await shop.step('plain-sampling-seal', async () => ({ sealed: await shop.slowthink('seal', '--dir', run) })); // an import writes parts alone
  return join(run, 'dataset');
}

/** Counts stand for themselves in the done mark. Samples are a function of the question alone: its id and place say the seed. */
export async function sampleRows({ questions, policy: folder, generatedTokens }: PlainSampling, file: string, signal: AbortSignal): Promise<{ readonly questions: number; readonly promptTokens: number; readonly generatedTokens: number; readonly requests: number; readonly samples: number }> {
  const all = readFileSync(questions, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as QuestionRecord);
  const policy = onnxPolicy({ dir: folder });
  const spent = nothing();
  const rows: { readonly row: Row; readonly cost: Spent }[] = [];
  let next = 0;
  try {
    await Promise.all(Array.from({ length: inFlight }, async () => {
      for (let at = next++; at < all.length && spent.generatedTokens < generatedTokens; at = next++) {
        signal.throwIfAborted();
        const cost = nothing();
        rows[at] = { row: await rowOf(policy, all[at]!, cost, signal), cost };
        add(spent, cost);
      }
    }));
  } finally { await policy.close(); }
  const kept = nothing(); // of the questions before the one that spends the rest, in their order: which call ended first decides nothing
  const written = rows.flatMap(({ row, cost }) => { if (kept.generatedTokens >= generatedTokens) return []; add(kept, cost); return [row]; });
  mkdirSync(join(file, '..'), { recursive: true });
  await writeWhole(file, written.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return { questions: written.length, ...kept };
}

interface Spent { promptTokens: number; generatedTokens: number; requests: number; samples: number }

const nothing = (): Spent => ({ promptTokens: 0, generatedTokens: 0, requests: 0, samples: 0 });

function add(to: Spent, cost: Spent): void {
  for (const name of ['promptTokens', 'generatedTokens', 'requests', 'samples'] as const) to[name] += cost[name];
}

async function rowOf(policy: Policy, { id, prompt, gold }: QuestionRecord, spent: Spent, signal: AbortSignal): Promise<Row> {
  const seed = createHash('sha256').update(id).digest().readUInt32BE(0) >>> 2;
  const draw = async (steps: readonly string[], n: number, offset: number): Promise<readonly Sampled[]> => {
    const { messages, prefix, stop } = rolloutPrompt({ prompt, steps, prompting: 'bare', stepping: 'marked' });
    const { samples, usage } = await policy.sample({ id: `${id}/${offset}`, messages, prefix, stop, n, seed: seed + offset, sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: tokensMax } }, signal);
    spent.promptTokens += usage.promptTokens; spent.generatedTokens += usage.completionTokens; spent.requests += usage.requests; spent.samples += usage.samples;
    return samples.map(({ text, finish }) => {
      const continued = splitSteps(text, steps.length);
      const verdict = grade(continued.join(STEP_SEPARATOR), gold, { truncated: finish === 'length' });
      return { steps: [...steps, ...continued], right: verdict.status === 'right', answered: verdict.status !== 'none' };
    });
  };
  const whole = (await draw([STEP_ZERO], wholeSamples, 0)).filter(({ answered, steps }) => answered && steps.length > 1);
  const through = new Map<string, { right: number; all: number; rolled: number | null }>();
  const count = (steps: readonly string[], right: boolean): void => {
    for (let k = 2; k < steps.length; k++) {
      const key = joinSteps(steps.slice(0, k));
      const found = through.get(key) ?? { right: 0, all: 0, rolled: null };
      through.set(key, { ...found, right: found.right + Number(right), all: found.all + 1 });
    }
  };
  for (const { steps, right } of whole) count(steps, right);
  const distinct = [...new Map(whole.map((sample) => [joinSteps(sample.steps), sample])).values()];
  const chosen = [true, false].flatMap((right) => distinct.filter((sample) => sample.right === right).slice(0, chainsOfAKind));
  let offset = wholeSamples;
  const rolled = new Set<string>();
  for (const { steps } of chosen) {
    for (let k = 2; k < steps.length; k++) {
      const key = joinSteps(steps.slice(0, k));
      if (rolled.has(key)) continue;
      rolled.add(key);
      const found = await draw(steps.slice(0, k), rollouts, offset);
      offset += rollouts;
      const before = through.get(key)!;
      const right = found.filter((sample) => sample.right).length;
      through.set(key, { right: before.right + right, all: before.all + rollouts, rolled: right / rollouts });
    }
  }
  const chain = ({ steps, right }: Sampled): Chain => steps.map((text, k) => {
    const step = markStep(k) + text;
    if (k === 0) return [step, 0, null];
    if (k === steps.length - 1) return [step, Number(right), null];
    const { right: rights, all, rolled: simulated } = through.get(joinSteps(steps.slice(0, k + 1)))!;
    return [step, rights / all, simulated];
  });
  return { id, question: prompt.text, pos: chosen.filter(({ right }) => right).map(chain), neg: chosen.filter(({ right }) => !right).map(chain), answer: gold.kind === 'number' ? `${gold.answer} ${gold.unit}`.trim() : String('answer' in gold ? gold.answer : '') };
}
