import { FaultError } from '@slowthink/faults';
import type { PolicyIdentity, StepScorer } from '@slowthink/models';
import { questionText, splitSteps, STEP_ZERO, type Stepping } from '@slowthink/prompts';
import { topics, type Candidate, type CandidatesRecord, type Solution, type VerdictsRecord } from '@slowthink/records';
import { callOnce, type Delivery, type Emission } from '@slowthink/stream';
import { gradeReplies, type Verifier } from '@slowthink/verifiers';
import { map, type Observable } from 'rxjs';

export interface JudgeDeps {
  /** Values steps; undefined: candidates have no values, and no rule that needs them is computed. */
  readonly scorer: { readonly port: StepScorer; readonly identity: PolicyIdentity } | undefined;
  /** Judges answers; undefined: the rules of libs/answers do. */
  readonly verifier?: Verifier | undefined;
  /** Name of who judges. */
  readonly grader: string;
  readonly stepping: Stepping;
  /** Awaited before an item is judged: grading N solutions is work of a millisecond, and a batch of items must not hold back the requests of the stage beside it. */
  readonly turn?: (() => Promise<void>) | undefined;
  /** A second opinion on a candidate's answer, beside the verdict; undefined: none is wanted. */
  readonly exact?: ((text: string, item: CandidatesRecord['item']) => 'right' | 'wrong') | undefined;
}

interface Scored { readonly values: readonly number[] | null; readonly unscored?: string; readonly promptTokens: number; readonly completionTokens: number; readonly requests: number }

const noUsage = { requests: 0, promptTokens: 0, completionTokens: 0 } as const;
const withoutScore: Scored = { values: null, ...noUsage };

/** Grades all candidates of an item and values their steps, all at once. */
export function judgeItem(deps: JudgeDeps, delivery: Delivery<CandidatesRecord>): Observable<Emission> {
  return callOnce((signal) => judged(deps, delivery.value, signal)).pipe(
    map((value): Emission => ({ outputs: [{ topic: topics.verdicts, key: value.item.id, value }], settled: [{ delivery, verdict: 'ok' }] })),  // VerdictsRecord -> Emission
  );
}

async function judged(deps: JudgeDeps, record: CandidatesRecord, signal: AbortSignal): Promise<VerdictsRecord> {
  await deps.turn?.();
  const { item, samples, greedy, policy, decode, usage, greedyUsage, requestId, scorerUsage: steering } = record;
  const solutions = greedy === null ? samples : [...samples, greedy];
  const of = { questionId: item.id, prompt: item.prompt, gold: item.gold, depth: 1, stepping: deps.stepping };
  const question = questionText(item.prompt);
  const [verdicts, scores] = await Promise.all([
    gradeReplies(requestId, solutions, of, deps.verifier, signal),
    Promise.all(samples.map((solution, place) => scoreOf(deps, `${requestId}/${place}`, question, solution, signal))), // the greedy one competes with nobody
  ]);
  const candidates = solutions.map((solution, place): Candidate => candidateOf(deps, record, solution, verdicts[place]!, scores[place] ?? withoutScore));
  const sum = (field: keyof typeof noUsage): number => scores.reduce((total, score) => total + score[field], steering?.[field] ?? 0);
  return {
    type: 'verdicts', v: 1, item, policy, scorer: deps.scorer?.identity ?? null, grader: deps.grader, decode,
    candidates: candidates.slice(0, samples.length), greedy: greedy === null ? null : candidates.at(-1)!, usage, ...(greedyUsage === undefined ? {} : { greedyUsage }),
    scorerUsage: { requests: sum('requests'), promptTokens: sum('promptTokens'), completionTokens: sum('completionTokens') }, ...(steering === undefined ? {} : { steering }),
  };
}

const stepsOf = ({ text }: Solution, stepping: Stepping): readonly string[] => splitSteps(text, 1, stepping);

/** One that the scorer cannot value (its context is too short) keeps its vote, has no score, and says why; anything else that fails is the item's, or the environment's. */
async function scoreOf({ scorer, stepping }: JudgeDeps, id: string, question: string, solution: Solution, signal: AbortSignal): Promise<Scored> {
  const steps = stepsOf(solution, stepping);
  if (scorer === undefined || steps.length === 0) return withoutScore;
  try {
    const { values, usage } = await scorer.port.score({ id, question, steps: [STEP_ZERO, ...steps] }, signal);
    return { values, ...usage };
  } catch (error) {
    if (!(error instanceof FaultError) || error.code !== 'MODEL_CONTEXT_EXCEEDED') throw error;
    return { ...withoutScore, unscored: error.code };
  }
}

function candidateOf({ exact, stepping }: JudgeDeps, { item }: CandidatesRecord, solution: Solution, verdict: Candidate['verdict'], { values, unscored }: Scored): Candidate {
  const { text, reasoning, truncated, tokens, seed } = solution;
  return {
    steps: stepsOf(solution, stepping), values, ...(unscored === undefined ? {} : { unscored }), verdict, ...(exact === undefined ? {} : { exact: exact(text, item) }),
    ...(reasoning === undefined ? {} : { reasoning }), truncated, tokens, seed,
  };
}
