// Draws a greedy solution and N samples at temperature 1 for each question of a dosage split, as rollouts from Step 0 by the product's engine, graded by the product's grader, with step values where a scorer is given.
//   node tools/seed-models/sample-dev.ts --policy DIR [--scorer DIR] [--split dev] [--samples 16] [--seed 0] [--limit N] --out FILE
// A line of FILE: {"id","kind","cue","gold","greedy":{"text","answer","status"},"candidates":[{"text","answer","status","values"}]}; in the order of the questions, whatever was in flight.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { grade } from '@slowthink/answers';
import { datasetsFolder, readCorpus, readManifests } from '@slowthink/corpus';
import type { Policy, StepScorer } from '@slowthink/models';
import { onnxPolicy, onnxScorer } from '@slowthink/models-onnx';
import { rolloutPrompt, splitSteps, STEP_SEPARATOR, STEP_ZERO } from '@slowthink/prompts';
import type { QuestionRecord } from '@slowthink/records';

const tokensMax = 160; // of a solution behind Step 0; the longest of the corpus has about 110
const inFlight = 24; // questions at once

const { values: flags } = parseArgs({ options: {
  policy: { type: 'string' }, scorer: { type: 'string' }, split: { type: 'string', default: 'dev' }, samples: { type: 'string', default: '16' }, seed: { type: 'string', default: '0' },
  limit: { type: 'string' }, out: { type: 'string' },
} });
if (flags.policy === undefined || flags.out === undefined) throw new Error('--policy DIR and --out FILE are wanted.');
if (!['train', 'dev', 'test'].includes(flags.split)) throw new Error(`--split is train, dev or test, not "${flags.split}".`);

interface Candidate { readonly text: string; readonly answer: string; readonly status: string; readonly values: readonly number[] }

const policy = onnxPolicy({ dir: flags.policy });
const scorer = flags.scorer === undefined ? undefined : onnxScorer({ dir: flags.scorer });
const questions = await questionsOf(flags.split === 'train' ? 'dosage' : `dosage-${flags.split}`, Number(flags.limit ?? Infinity));
const facts = factsOf(flags.split);
const lines: string[] = [];
const began = performance.now();
let next = 0;
let done = 0;
try {
  await Promise.all(Array.from({ length: inFlight }, async () => {
    for (let at = next++; at < questions.length; at = next++) {
      lines[at] = JSON.stringify(await answered(policy, scorer, questions[at]!, at));
      done += 1;
      if (done % 100 === 0 || done === questions.length) console.error(`${flags.split}: ${done} of ${questions.length} questions in ${((performance.now() - began) / 1000).toFixed(0)} s`);
    }
  }));
} finally {
  await Promise.all([policy.close(), scorer?.close()]);
}
writeFileSync(`${flags.out}.new`, `${lines.join('\n')}\n`);
renameSync(`${flags.out}.new`, flags.out);

async function questionsOf(dataset: string, limit: number): Promise<readonly QuestionRecord[]> {
  const found: QuestionRecord[] = [];
  for await (const item of readCorpus({ paths: [dataset], manifests: await readManifests() })) {
    if (item.kind === 'fault') throw item.fault;
    if (item.kind === 'question' && found.length < limit) found.push(item.question);
  }
  return found;
}

/** Kind and cue of each row by id: they are in the file, but no part of a question. */
function factsOf(split: string): ReadonlyMap<string, { readonly kind: string; readonly cue: string }> {
  const rows = readFileSync(join(datasetsFolder, 'dosage', `${split}.jsonl`), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { id: string; kind: string; cue: string; numbers: readonly number[] });
  return new Map(rows.map(({ id, kind, cue, numbers }) => [id, { kind, cue: numberless(cue, numbers) }]));
}

/** "every 12 hours" -> "every # hours": one cue, whatever number stands in it. */
function numberless(cue: string, numbers: readonly number[]): string {
  return numbers.reduce((text, number) => text.replace(new RegExp(`(?<![\\d.])${number}(?![\\d.])`), '#'), cue);
}

async function answered(from: Policy, by: StepScorer | undefined, { id, prompt, gold }: QuestionRecord, at: number): Promise<object> {
  const { messages, prefix, stop } = rolloutPrompt({ prompt, steps: [STEP_ZERO], prompting: 'bare', stepping: 'marked' });
  const draw = (n: number, temperature: number) => from.sample({
    id: `${id}/${temperature}`, messages, prefix, stop, n, seed: Number(flags.seed) * 1_000_003 + at * 1000, sampling: { temperature, topP: 1, topK: 0, minP: 0, maxTokens: tokensMax },
  });
  const judged = async (samples: Awaited<ReturnType<typeof draw>>['samples'], scored: boolean): Promise<readonly Candidate[]> => Promise.all(samples.map(async ({ text, finish }, index) => {
    const steps = splitSteps(text, 1);
    const verdict = grade(steps.join(STEP_SEPARATOR), gold, { truncated: finish === 'length' });
    const values = !scored || by === undefined || steps.length === 0 ? [] : (await by.score({ id: `${id}/${index}`, question: prompt.text, steps: [STEP_ZERO, ...steps] })).values;
    return { text, answer: verdict.normalised, status: verdict.status, values };
  }));
  const [greedy] = await judged((await draw(1, 0)).samples, false);
  const local = id.split('/').at(-1)!;
  return { id, ...facts.get(local), gold, greedy: { text: greedy!.text, answer: greedy!.answer, status: greedy!.status }, candidates: await judged((await draw(Number(flags.samples), 1)).samples, true) };
}
