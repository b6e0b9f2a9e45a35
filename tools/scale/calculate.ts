// Tokens, GPU hours and bytes of a whole evolution, from what a question cost in real runs and from the inputs. Arithmetic alone.
//   GPU seconds of inference = prompt tokens / read a second + generated tokens / written a second
//   GPU seconds of training  = FLOPs a token x tokens / (peak x share);  6 P full, 4 P LoRA (no gradients of the weights), 8 P DPO (6 P and a forward pass of the reference): Kaplan et al., arXiv 2001.08361
import type { Values } from './inputs.ts';
import type { MeasuredRun } from './measure-run.ts';

/** One line of the bill. Prompt tokens three ways: each sample reads its prompt; a request's samples share it; a prefix cache holds what was read before. */
export interface Stage {
  readonly name: string;
  readonly prompt: { readonly everySample: number; readonly everyRequest: number; readonly cached: number };
  readonly generated: number;
  readonly trained: number; // tokens
  readonly hours: number; // of one GPU, with a prefix cache
  readonly hoursUncached: number; // each sample reads its prompt
}

type Prompt = Stage['prompt'];

const inference = (name: string, prompt: Prompt, generated: number, values: Values): Stage => {
  const hours = (read: number): number => (read / values['prefill-tokens-per-second'] + generated / values['tokens-per-second']) / 3600;
  return { name, prompt, generated, trained: 0, hours: hours(prompt.cached), hoursUncached: hours(prompt.everySample) };
};

const flopsOf = { full: 6, lora: 4, dpo: 8 } as const; // times the parameters, a token

const training = (name: string, kind: keyof typeof flopsOf, tokens: number, values: Values): Stage => {
  const hours = flopsOf[kind] * values.parameters * tokens / (values['training-flops'] * values['training-share']) / 3600;
  return { name, prompt: { everySample: 0, everyRequest: 0, cached: 0 }, generated: 0, trained: tokens, hours, hoursUncached: hours };
};

/** Prompt and generated tokens of one question of a run. A head is what stands before the steps; a step has the tokens of the inputs, a choice one token a sample. */
export function tokensOfQuestion(run: MeasuredRun, headTokens: number, values: Values): { readonly prompt: Prompt; readonly generated: number } {
  const kinds = Object.values(run.kinds);
  const requests = sum(kinds.map((kind) => kind.requests)), samples = sum(kinds.map((kind) => kind.samples));
  const step = values['tokens-per-step'];
  const prompt = (heads: number, steps: number): number => (heads * headTokens + steps * step) / run.questions;
  return {
    prompt: { everySample: prompt(samples, run.prompts.everySample.steps), everyRequest: prompt(requests, run.prompts.everyRequest.steps), cached: prompt(run.questions, run.prompts.cached.steps) }, // the head once a question; the instruction that all questions share counts too
    generated: (sum(kinds.map((kind) => kind.steps)) * step + run.kinds.choose.samples) / run.questions,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Tokens of instruction, example, question and last words: the mean of a request of the run that had questions of the real length. */
export const headTokensOf = (real: MeasuredRun, values: Values): number => real.prompts.everyRequest.head / sum(Object.values(real.kinds).map(({ requests }) => requests)) / values['bytes-per-token'];

/** The same run with `trees` by this one, heads by `real`. */
export interface Round { readonly trees: MeasuredRun; readonly real: MeasuredRun }

function search(name: string, { trees, real }: Round, questions: number, values: Values): Stage {
  const { prompt, generated } = tokensOfQuestion(trees, headTokensOf(real, values), values);
  return inference(name, { everySample: prompt.everySample * questions, everyRequest: prompt.everyRequest * questions, cached: prompt.cached * questions }, generated * questions, values);
}

/** Whole solutions from Step 0: k of each question, every one as long as a mean chain. */
function solutions(name: string, { trees, real }: Round, questions: number, k: number, scored: boolean, values: Values): Stage {
  const head = headTokensOf(real, values);
  const written = chainSteps(trees) * values['tokens-per-step'];
  const read = scored ? questions * k * (values['question-tokens'] + written) : 0; // by the step scorer
  return inference(name, { everySample: questions * k * head + read, everyRequest: questions * head + read, cached: questions * head + read }, questions * k * written, values);
}

const chainSteps = ({ rows }: MeasuredRun): number => rows.prmSteps / rows.prm;

/** Tokens of training rows: each reads its question. */
const rowTokens = (rows: number, steps: number, { questions }: MeasuredRun, searched: number, values: Values): number => (rows * values['question-tokens'] + steps * values['tokens-per-step']) / questions * searched;
const sftTokens = (run: MeasuredRun, searched: number, values: Values): number => rowTokens(run.rows.sft, run.rows.sftSteps, run, searched, values);
const prmTokens = (run: MeasuredRun, searched: number, values: Values): number => rowTokens(run.rows.prm, run.rows.prmSteps, run, searched, values);
const pairTokens = (run: MeasuredRun, searched: number, values: Values): number => rowTokens(2 * run.rows.pairs, run.rows.pairSteps, run, searched, values);

/** One round: search, LoRA SFT, LoRA step scorer (1 epoch each), evaluation of the base and of the round. */
export function billOfV2(round: Round, values: Values): readonly Stage[] {
  const { questions, items, candidates } = values;
  return [
    search('search', round, questions, values),
    training('SFT, LoRA, 1 epoch', 'lora', sftTokens(round.trees, questions, values), values),
    training('step scorer, LoRA, 1 epoch', 'lora', prmTokens(round.trees, questions, values), values),
    solutions('evaluation, base and round', round, 2 * items, candidates, true, values),
  ];
}

/** Round 1: curriculum of 8 samples a question, a search of what it keeps. Round 2: a search of as many new questions. After each full SFT (round 2 on both rounds' rows), DPO (on both rounds' pairs) and a LoRA step scorer of 2 epochs on the round's own rows; evaluation of the base and of each round. */
export function billOfV4(first: Round, second: Round, values: Values): readonly Stage[] {
  const { questions, items, candidates } = values;
  const kept = questions * values.kept;
  const sft1 = sftTokens(first.trees, kept, values), sft2 = sftTokens(second.trees, questions, values);
  const pairs1 = pairTokens(first.trees, kept, values), pairs2 = pairTokens(second.trees, questions, values);
  return [
    solutions('curriculum', first, questions, 8, false, values),
    search('search, round 1', first, kept, values),
    training('SFT, full, round 1', 'full', sft1, values),
    training('DPO, full, round 1', 'dpo', pairs1, values),
    training('step scorer, LoRA, 2 epochs, round 1', 'lora', 2 * prmTokens(first.trees, kept, values), values),
    search('search, round 2', second, questions, values),
    training('SFT, full, rounds 1 and 2', 'full', sft1 + sft2, values),
    training('DPO, full, rounds 1 and 2', 'dpo', pairs1 + pairs2, values),
    training('step scorer, LoRA, 2 epochs, round 2', 'lora', 2 * prmTokens(second.trees, questions, values), values),
    solutions('evaluation, base and rounds', second, 3 * items, candidates, true, values),
  ];
}

/** Sum of a bill. */
export const together = (stages: readonly Stage[]): Stage => stages.reduce((total, stage) => ({
  name: 'together', generated: total.generated + stage.generated, trained: total.trained + stage.trained, hours: total.hours + stage.hours, hoursUncached: total.hoursUncached + stage.hoursUncached,
  prompt: { everySample: total.prompt.everySample + stage.prompt.everySample, everyRequest: total.prompt.everyRequest + stage.prompt.everyRequest, cached: total.prompt.cached + stage.prompt.cached },
}), { name: 'together', prompt: { everySample: 0, everyRequest: 0, cached: 0 }, generated: 0, trained: 0, hours: 0, hoursUncached: 0 });
