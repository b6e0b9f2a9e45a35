// npm run bench:beam: step-level beam search against independent solutions at the same generated tokens, paired, with the policy and the step scorer that ship; prints the table of docs/ask.md.
//   For each question beam:W makes N finished chains. Of a pool of independent solutions as many are taken, in seed order, as the tokens that the search generated pay for (the last one if it fits at least by half). Both are
//   decided by P-VS (vote-sum, min), best-of-N (min) and the majority. Differences are of questions; their 95 % interval is a bootstrap over questions (10,000 draws, seeded).
//   --limit N (360: the first questions)  --questions NAME (dosage-dev)  --candidates N (16)  --width W (4; repeatable)  --reduce min|last (repeatable; min, last)  --temperature T (1)  --seed S (0)
import { parseArgs } from 'node:util';
import { graderOf, readerOf, statesAnswer } from '@slowthink/answers';
import { beamSearch, type BeamSolution } from '@slowthink/beam-search';
import { readCorpus, readManifests } from '@slowthink/corpus';
import { choose, ruleNamed, type ReducerName } from '@slowthink/decoding';
import { onnxPolicy, onnxScorer } from '@slowthink/models-onnx';
import { judgedText, rolloutPrompt, splitSteps, STEP_ZERO } from '@slowthink/prompts';
import { hashSeed, type QuestionRecord } from '@slowthink/records';
import { recipes } from '@slowthink/search';
import { seedPolicyDir, seedScorerDir } from '@slowthink/seed-models';
import { seedRandom } from '../dosage/random.ts';

const { values: flags } = parseArgs({ options: {
  questions: { type: 'string', default: 'dosage-dev' }, limit: { type: 'string', default: '360' }, candidates: { type: 'string', default: '16' }, width: { type: 'string', multiple: true, default: ['4'] }, reduce: { type: 'string', multiple: true, default: ['min', 'last'] },
  temperature: { type: 'string', default: '1' }, seed: { type: 'string', default: '0' },
} });
const [limit, candidates, temperature, seed] = [flags.limit, flags.candidates, flags.temperature, flags.seed].map(Number) as [number, number, number, number];
const { rollout, step, depthMax, prompting, stepping } = recipes['seed-cpu']!;
const sampling = { ...rollout, temperature };
const rules = ['vote-sum-min', 'bon-min', 'maj'].map(ruleNamed);
const inFlight = 8; // questions at once: they change nothing of each other

interface Candidate { readonly answer: string | undefined; readonly values: readonly number[]; readonly right: boolean; readonly tokens: number }
/** Of one question and one way: is each rule right, and what did it cost. */
interface Outcome { readonly right: readonly boolean[]; readonly any: boolean; readonly candidates: number; readonly generated: number; readonly prompt: number; readonly scored: number }

const policy = onnxPolicy({ dir: seedPolicyDir() });
const scorer = onnxScorer({ dir: seedScorerDir() });

async function questionsOf(): Promise<readonly QuestionRecord[]> {
  const all: QuestionRecord[] = [];
  for await (const item of readCorpus({ paths: [flags.questions], manifests: await readManifests() })) if (item.kind === 'question') all.push(item.question);
  return all.slice(0, limit); // the file goes round its kinds and cues: a multiple of 18 takes as many of each, every fourth would take only those that mislead
}

const outcomeOf = (found: readonly Candidate[], generated: number, prompt: number, scored: number): Outcome =>
  ({ right: rules.map((rule) => found[choose(rule, found)]?.right ?? false), any: found.some(({ right }) => right), candidates: found.length, generated, prompt, scored });

async function byBeam({ id, prompt, gold }: QuestionRecord, width: number, reduce: ReducerName): Promise<Outcome> {
  const { solutions, usage, scorerUsage } = await beamSearch({ policy, scorer }, {
    id, prompt, prompting, stepping, width, candidates, reduce, stepsMax: depthMax!, stepTokensMax: step.maxTokens, sampling, seed: hashSeed(seed, id), ends: (text) => statesAnswer(text, gold),
  });
  const [read, grade] = [readerOf(gold), graderOf(gold)];
  const found = solutions.map(({ steps, values, truncated, tokens }: BeamSolution): Candidate => {
    const text = judgedText(steps);
    return { answer: read(text, { truncated })?.normalised, values, right: grade(text, { truncated }).status === 'right', tokens };
  });
  return outcomeOf(found, usage.completionTokens, usage.promptTokens, scorerUsage.promptTokens);
}

/** Twice as many independent solutions as any search pays for. */
async function poolOf({ id, prompt, gold }: QuestionRecord): Promise<{ readonly found: readonly Candidate[]; readonly prompt: number; readonly scored: readonly number[] }> {
  const { messages, prefix, stop } = rolloutPrompt({ prompt, steps: [STEP_ZERO], prompting, stepping });
  const { samples, usage } = await policy.sample({ id: `${id}/samples`, messages, prefix, stop, n: 2 * candidates, seed: hashSeed(seed, 'samples', id), sampling });
  const [read, grade] = [readerOf(gold), graderOf(gold)];
  const scored: number[] = [];
  const replies = new Map<string, ReturnType<typeof scorer.score>>(); // equal chains are asked for once, as the search does it
  const found = await Promise.all(samples.map(async ({ text, finish, tokens }, at): Promise<Candidate> => {
    const steps = splitSteps(text, 1, stepping);
    const judged = judgedText(steps);
    const known = replies.get(judged);
    const asked = known ?? scorer.score({ id: `${id}/${at}`, question: prompt.text, steps: [STEP_ZERO, ...steps] });
    replies.set(judged, asked);
    const reply = await asked;
    scored[at] = known === undefined ? reply.usage.promptTokens : 0;
    const truncated = finish === 'length';
    return { answer: read(judged, { truncated })?.normalised, values: reply.values, right: grade(judged, { truncated }).status === 'right', tokens };
  }));
  return { found, prompt: usage.promptTokens, scored };
}

/** As many of the pool as `tokens` pay for; one at least. */
function affordable({ found, prompt, scored }: Awaited<ReturnType<typeof poolOf>>, tokens: number): Outcome {
  let [count, spent] = [0, 0];
  while (count < found.length && (count === 0 || spent + found[count]!.tokens / 2 <= tokens)) spent += found[count++]!.tokens;
  return outcomeOf(found.slice(0, count), spent, prompt, scored.slice(0, count).reduce((sum, one) => sum + one, 0));
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** Mean of per-question differences, and the middle 95 % of means over drawn questions. */
function paired(differences: readonly number[]): string {
  const draw = seedRandom('beam');
  const means = Array.from({ length: 10_000 }, () => { let sum = 0; for (let i = 0; i < differences.length; i++) sum += differences[Math.floor(draw() * differences.length)]!; return sum / differences.length; }).sort((a, b) => a - b);
  const points = (share: number): string => (100 * share).toFixed(1);
  return `${points(mean(differences))} [${points(means[249]!)}, ${points(means[9749]!)}]`;
}

const questions = await questionsOf();
const ways = flags.width.flatMap((width) => flags.reduce.map((reduce) => ({ width: Number(width), reduce: reduce as ReducerName })));
const rows: { readonly beams: readonly Outcome[]; readonly equal: readonly Outcome[]; readonly plain: Outcome }[] = [];
let next = 0;
try {
  await Promise.all(Array.from({ length: inFlight }, async () => {
    for (let at = next++; at < questions.length; at = next++) {
      const question = questions[at]!;
      const pool = await poolOf(question);
      const beams = await Promise.all(ways.map(({ width, reduce }) => byBeam(question, width, reduce)));
      rows[at] = { beams, equal: beams.map(({ generated }) => affordable(pool, generated)), plain: affordable({ ...pool, found: pool.found.slice(0, candidates) }, Infinity) };
      if (rows.filter(Boolean).length % 20 === 0) console.error(`${rows.filter(Boolean).length} of ${questions.length}`);
    }
  }));
} finally { await Promise.all([policy.close(), scorer.close()]); }

const line = (name: string, outcomes: readonly Outcome[]): void => console.log(`| ${[
  name, mean(outcomes.map((one) => one.candidates)).toFixed(1), ...['generated', 'prompt', 'scored'].map((key) => mean(outcomes.map((one) => one[key as 'generated'])).toFixed(0)),
  ...rules.map((_, rule) => percent(mean(outcomes.map(({ right }) => Number(right[rule]))))), percent(mean(outcomes.map(({ any }) => Number(any)))),
].join(' | ')} |`);
console.log(`${questions.length} questions of ${flags.questions}, seed models, T ${temperature}, N = ${candidates}, seed ${seed}. Tokens a question.\n`);
console.log(`| way | candidates | generated | prompt | read by the scorer | ${rules.map(({ title }) => title).join(' | ')} | any right |\n| --- | ${'---: | '.repeat(5 + rules.length).trimEnd()}`);
line(`${candidates} samples`, rows.map(({ plain }) => plain));
for (const [at, { width, reduce }] of ways.entries()) {
  line(`beam:${width}, ${reduce}`, rows.map(({ beams }) => beams[at]!));
  line('samples, same tokens', rows.map(({ equal }) => equal[at]!));
}
console.log(`\nbeam minus samples at the same tokens, points [95 %]:\n\n| way | ${rules.map(({ title }) => title).join(' | ')} | beam P-VS minus maj of samples |\n| --- | ${'---: | '.repeat(rules.length + 1).trimEnd()}`);
for (const [at, { width, reduce }] of ways.entries()) {
  const differences = (mine: number, theirs: number): readonly number[] => rows.map(({ beams, equal }) => Number(beams[at]!.right[mine]) - Number(equal[at]!.right[theirs]));
  console.log(`| beam:${width}, ${reduce} | ${rules.map((_, rule) => paired(differences(rule, rule))).join(' | ')} | ${paired(differences(0, 2))} |`);
}
