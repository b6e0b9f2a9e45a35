import { grade, statesAnswer } from '@slowthink/answers';
import { splitSteps, STEP_SEPARATOR } from '@slowthink/prompts';
import { hashSeed, type ExpansionEvent, type OpenedEvent, type SearchSettings, type Usage, type Verdict } from '@slowthink/records';
import { chainId, type Tree } from './tree.ts';
import type { SearchRequest } from './requests.ts';

/** One sampled continuation of the prefix that ends with "Step k:". */
export interface StepSample {
  readonly text: string;
  readonly truncated: boolean; // ended at its token limit
  /** What a thinking model thought before the text. */
  readonly reasoning?: string;
  /** The verdict of a grader other than the rules on the answer that `answersToJudge` names for this sample. */
  readonly verdict?: Verdict;
  /** Why such a grader gave no verdict: the child fails with it. Without a verdict nobody knows whether the answer is right. */
  readonly fault?: { readonly code: string; readonly message: string };
}

interface Written { readonly text: string; readonly action: 'reason' | 'finish'; readonly truncated: boolean; readonly verdict?: Verdict }

/** A text that states an answer, as a grader gets it. */
export interface StatedAnswer { readonly text: string; readonly truncated: boolean }
interface Fault { readonly code: string; readonly message: string }

const free: Usage = { requests: 0, samples: 0, promptTokens: 0, completionTokens: 0 };

/** n_sim = max(floor(base / (depth + 1)), min): 10 at depth 1, 6 at depth 2, 5 from depth 3 (arXiv 2501.12051, section 3.1, simulation). */
export const simulationsAt = (depth: number, settings: SearchSettings): number => Math.max(Math.floor(settings.simulationBase / (depth + 1)), settings.simulationMin);

/**
 * The events that answer a `reason` or `finish` request: one a node, in the order of children and down each chain; the usage stands on the first, zeros on the others.
 * Sample j fills `children[j]`. A sample without text fails its child with MODEL_EMPTY_STEP; the other children go on.
 * Reason: one node; a step that states an answer becomes a Finish. Finish: one node a step; all but the last are Reason nodes with simulations of their own; a Finish
 * without an answer ends in a Reason node. The verdict is on the whole continuation, as it is for a rollout with the same words; it stands on the last node.
 */
export function expansionEvents(tree: Tree, request: SearchRequest, samples: readonly StepSample[], usage: Usage): readonly ExpansionEvent[] {
  const opened = openedOf(tree);
  const events = request.children.flatMap((child, place) => {
    const sample: StepSample = samples[place] ?? { text: '', truncated: false };
    if (sample.fault !== undefined) return [failedChild(opened, request, child, sample.fault)];
    const written = request.kind === 'finish' ? readFinish(sample, request.depth, opened) : readReason(sample, request.depth, opened);
    if (written.length === 0) return [failedChild(opened, request, child, { code: 'MODEL_EMPTY_STEP', message: `The model wrote no text for child ${child} of node ${request.parentId} (sample ${place} of request ${request.id}).` })];
    return written.map((step, chain) => node(opened, request, child, chain, written, step));
  });
  return events.map((event, place) => (place === 0 ? { ...event, usage } : event));
}

/** The events of a request that failed for good: each of its children fails with this fault. After a failed choice no choice will come, and every child of the expansion fails. */
export function failedExpansionEvents(tree: Tree, request: SearchRequest, fault: Fault, usage: Usage = free): readonly ExpansionEvent[] {
  const opened = openedOf(tree);
  return request.children.map((child, place) => ({ ...failedChild(opened, request, child, { code: fault.code, message: fault.message }), usage: place === 0 ? usage : free }));
}

/**
 * For each sample of a reply the text whose answer is to be judged, undefined where none is: what a grader that takes its time (a program, a chat model) gets
 * before the verdicts come back in `StepSample.verdict`. A choice states no answer.
 */
export function answersToJudge(tree: Pick<Tree, 'treeId' | 'opened'>, request: SearchRequest, samples: readonly StepSample[]): readonly (StatedAnswer | undefined)[] {
  const opened = openedOf(tree);
  if (request.kind === 'choose') return samples.map(() => undefined);
  return samples.map((sample) => (request.kind === 'finish' ? finishAnswer : reasonAnswer)(sample, request.depth, opened));
}

function reasonAnswer({ text, truncated }: StepSample, depth: number, { gold }: OpenedEvent): StatedAnswer | undefined {
  const steps = splitSteps(text, depth);
  return steps[0] === undefined || !statesAnswer(steps[0], gold) ? undefined : { text: steps[0], truncated: truncated && steps.length === 1 };
}

function finishAnswer({ text, truncated }: StepSample, depth: number, _opened: OpenedEvent): StatedAnswer | undefined {
  const steps = splitSteps(text, depth);
  return steps.length === 0 ? undefined : { text: steps.join(STEP_SEPARATOR), truncated };
}

/** Only the first step counts: what follows its own end belongs to children not yet asked for. */
function readReason(sample: StepSample, depth: number, opened: OpenedEvent): readonly Written[] {
  const { text, truncated } = sample;
  const steps = splitSteps(text, depth);
  const step = steps[0];
  if (step === undefined) return [];
  const cut = truncated && steps.length === 1;
  const answer = reasonAnswer(sample, depth, opened);
  const verdict = answer === undefined ? undefined : sample.verdict ?? grade(answer.text, opened.gold, answer);
  return [verdict === undefined || verdict.status === 'none' ? { text: step, action: 'reason', truncated: cut } : { text: step, action: 'finish', truncated: cut, verdict }];
}

function readFinish(sample: StepSample, depth: number, opened: OpenedEvent): readonly Written[] {
  const { text, truncated } = sample;
  const steps = splitSteps(text, depth);
  const answer = finishAnswer(sample, depth, opened);
  if (answer === undefined) return [];
  const verdict = sample.verdict ?? grade(answer.text, opened.gold, answer);
  const last: Written = { text: steps.at(-1)!, action: verdict.status === 'none' ? 'reason' : 'finish', truncated, verdict };
  return [...steps.slice(0, -1).map((step): Written => ({ text: step, action: 'reason', truncated: false })), last];
}

function node(opened: OpenedEvent, request: SearchRequest, child: number, chain: number, written: readonly Written[], step: Written): ExpansionEvent {
  const rollouts = step.action === 'finish' ? 0 : simulationsAt(request.depth + chain, opened.search);
  return {
    ...frame(opened, request, child, chain), chainLength: written.length, action: step.action, outcome: 'ok', text: step.text, truncated: step.truncated, rollouts,
    ...(step.verdict === undefined ? {} : { verdict: step.verdict }), steps: [...request.steps, ...written.slice(0, chain + 1).map(({ text }) => text)],
  };
}

const failedChild = (opened: OpenedEvent, request: SearchRequest, child: number, fault: Fault): ExpansionEvent => ({
  ...frame(opened, request, child, 0), chainLength: 1, action: request.kind === 'finish' ? 'finish' : 'reason', outcome: 'failed', text: '', truncated: false, fault, rollouts: 0, steps: request.steps,
});

/** What every node of a request carries, so that whoever rolls it out needs no tree. */
function frame(opened: OpenedEvent, request: SearchRequest, child: number, chain: number) {
  const nodeId = chainId(request.parentId, child, chain);
  return {
    type: 'expansion', v: 1, questionId: opened.questionId, treeId: opened.treeId, expansion: request.expansion, parentId: request.parentId, child, chain, nodeId,
    depth: request.depth + chain, asked: request.kind === 'finish' ? 'finish' : 'reason', forced: request.forced, seed: hashSeed(opened.seed, nodeId, 'rollout'), prompt: opened.prompt, gold: opened.gold,
    prompting: opened.search.prompting, stepping: opened.search.stepping, rollout: opened.search.rollout, policy: opened.policy, requestId: request.id, usage: free,
  } as const;
}

function openedOf(tree: Pick<Tree, 'treeId' | 'opened'>): OpenedEvent {
  if (tree.opened === undefined) throw new Error(`Tree ${tree.treeId} is not opened: no request of it can have been answered.`);
  return tree.opened;
}
