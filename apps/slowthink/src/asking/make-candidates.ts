import { readerOf, statesAnswer, unanswered, type Allowed, type AnswerRead } from '@slowthink/answers';
import { beamSearch, type BeamRound, type DecodeForm, type PolicyUsage, type ScorerUsage } from '@slowthink/beam-search';
import { FaultError } from '@slowthink/faults';
import { asOneRequest, type Policy, type StepScorer } from '@slowthink/models';
import { judgedText, questionText, readReply, rolloutPrompt, splitSteps, STEP_ZERO } from '@slowthink/prompts';
import { hashSeed, type Sampling, type SearchSettings } from '@slowthink/records';
import type { AskedQuestion } from './asked-question.ts';

/** One solution that the policy wrote. */
export interface AskCandidate {
  readonly steps: readonly string[]; // Step 1 first; empty: no text
  /** One a step, 0..1; null: no scorer, or it could not value this one (`unscored` says why). */
  readonly values: readonly number[] | null;
  readonly unscored?: string; // fault code
  readonly answer: AnswerRead | undefined;
  readonly truncated: boolean;
  readonly tokens: number;
  readonly seed: number;
}

export interface Candidates { readonly candidates: readonly AskCandidate[]; readonly usage: PolicyUsage; readonly scorerUsage: ScorerUsage }

export interface Asking {
  readonly policy: Policy;
  /** Undefined: nothing is valued. Wanted by a beam. */
  readonly scorer: StepScorer | undefined;
  readonly question: AskedQuestion;
  readonly search: Pick<SearchSettings, 'prompting' | 'stepping' | 'thinking' | 'step' | 'depthMax'>;
  readonly decode: DecodeForm;
  readonly candidates: number; // N
  readonly sampling: Sampling;
  readonly seed: number;
  readonly onScored?: (scored: number, all: number) => void;
  readonly onRound?: (round: BeamRound) => void;
}

const id = 'ask';
const stepsMax = 24; // of a beam, where the recipe has no limit of depth: then what lives is finished by force

/** N candidates with their values and answers. Which they are depends on the question, the settings and the seed alone. Faults: those of policy and scorer; a candidate that is too long for the scorer has no values. */
export const makeCandidates = (asking: Asking, signal: AbortSignal): Promise<Candidates> => (asking.decode.kind === 'beam' ? byBeam(asking, asking.decode, signal) : bySamples(asking, signal));

async function bySamples(asking: Asking, signal: AbortSignal): Promise<Candidates> {
  const { policy, question: { text, allowed }, search: { prompting, stepping }, candidates: n, sampling, onScored } = asking;
  const { messages, prefix, stop } = rolloutPrompt({ prompt: { text }, steps: [STEP_ZERO], prompting, stepping });
  const request = { id: `${id}/samples`, messages, prefix, stop, n, seed: hashSeed(asking.seed, id, text), sampling };
  const reply = await policy.sample(request, signal);
  const read = answerReader(allowed);
  const written = reply.samples.map((sample, at) => {
    const { text: solution, truncated } = readReply(sample);
    const steps = splitSteps(solution, 1, stepping);
    return { steps, truncated, answer: read(steps, truncated), tokens: sample.tokens, seed: request.seed + at };
  });
  const score = valuer(asking, signal);
  let scored = 0;
  const candidates = await Promise.all(written.map(async (candidate, at): Promise<AskCandidate> => {
    const valued = { ...candidate, ...await score.values(candidate.steps, at) };
    onScored?.(++scored, written.length);
    return valued;
  }));
  const { cachedTokens } = reply.usage;
  return { candidates, usage: { ...asOneRequest(reply.usage), ...(cachedTokens === undefined ? {} : { cachedTokens }) }, scorerUsage: score.usage() };
}

async function byBeam(asking: Asking, { width, reduce }: Extract<DecodeForm, { kind: 'beam' }>, signal: AbortSignal): Promise<Candidates> {
  const { policy, scorer, question: { text, allowed }, search: { prompting, stepping, thinking, step, depthMax }, candidates, sampling, onRound } = asking;
  if (scorer === undefined) throw new FaultError('SETTING_INVALID', '--decode beam needs a step scorer, and --scorer is none.', { hint: 'Name a scorer, or leave --decode out.' });
  const gold = unanswered(allowed);
  const { solutions, usage, scorerUsage } = await beamSearch({ policy, scorer }, {
    id, prompt: { text }, prompting, stepping, thinking, width, reduce, candidates, sampling, stepsMax: depthMax ?? stepsMax, stepTokensMax: step.maxTokens, seed: hashSeed(asking.seed, id, text),
    ends: (written) => statesAnswer(written, gold), ...(onRound === undefined ? {} : { onRound }),
  }, signal);
  const read = answerReader(allowed);
  return { candidates: solutions.map(({ steps, values, truncated, tokens, seed }) => ({ steps, values, truncated, tokens, seed, answer: read(steps, truncated) })), usage, scorerUsage };
}

function answerReader(allowed: Allowed): (steps: readonly string[], truncated: boolean) => AnswerRead | undefined {
  const read = readerOf(allowed);
  return (steps, truncated) => {
    const found = read(judgedText(steps), { truncated });
    return found !== undefined && isOfUnit(found.normalised, allowed) ? found : undefined;
  };
}

/** A key of a number ends with the unit that is asked for, or with another dimension: mg is no answer to "how many mL?". */
const isOfUnit = (key: string, allowed: Allowed): boolean => allowed.kind !== 'number' || allowed.unit === '' || key.endsWith(` ${allowed.unit}`);

/** Values chains, equal ones once. */
function valuer({ scorer, question: { text } }: Asking, signal: AbortSignal) {
  const question = questionText({ text });
  const known = new Map<string, Promise<Pick<AskCandidate, 'values' | 'unscored'>>>();
  const spent = { requests: 0, promptTokens: 0, completionTokens: 0 };
  const ask = async (steps: readonly string[], at: number): Promise<Pick<AskCandidate, 'values' | 'unscored'>> => {
    try {
      const { values, usage } = await scorer!.score({ id: `${id}/${at}/score`, question, steps: [STEP_ZERO, ...steps] }, signal);
      for (const key of ['requests', 'promptTokens', 'completionTokens'] as const) spent[key] += usage[key];
      return { values };
    } catch (error) {
      if (error instanceof FaultError && error.blame === 'record') return { values: null, unscored: error.code };
      throw error;
    }
  };
  return {
    usage: (): ScorerUsage => ({ ...spent }),
    values: (steps: readonly string[], at: number): Promise<Pick<AskCandidate, 'values' | 'unscored'>> => {
      if (scorer === undefined || steps.length === 0) return Promise.resolve({ values: null });
      const words = JSON.stringify(steps);
      const found = known.get(words) ?? ask(steps, at);
      known.set(words, found);
      return found;
    },
  };
}
