import { grade } from '@slowthink/answers';
import { hashSeed, type ExpansionEvent, type OpenedEvent, type Usage, type Verdict } from '@slowthink/records';
import { readSample, type SampleReading, type StatedAnswer, type StepSample } from './read-sample.ts';
import type { SearchRequest } from './requests.ts';
import { firstRound } from './simulation-rounds.ts';
import { chainId, type Tree } from './tree.ts';

interface Fault { readonly code: string; readonly message: string }

const free: Usage = { requests: 0, samples: 0, promptTokens: 0, completionTokens: 0 };

/**
 * For each sample of a reply the text whose answer is to be judged, undefined where none is: what a grader that takes its time (a program, a chat model) gets
 * before the verdicts come back in `StepSample.verdict`. A choice states no answer.
 */
export const answersToJudge = (tree: Pick<Tree, 'treeId' | 'opened'>, request: SearchRequest, samples: readonly StepSample[]): readonly (StatedAnswer | undefined)[] =>
  samples.map((sample) => readSample(request, sample, openedOf(tree)).answer);

/**
 * The events that answer a `reason`, `finish` or `reflect` request: one a node, in the order of children and down each chain; the usage stands on the first, zeros on the others.
 * Sample j fills `children[j]`. A sample without text fails its child with MODEL_EMPTY_STEP; the other children go on.
 * Reason, Reflect: one node; a step that states an answer becomes a Finish. Finish: one node a step; all but the last are Reason nodes with simulations of their own; a Finish
 * without an answer ends in a Reason node. The verdict stands on the last node of the chain.
 */
export function expansionEvents(tree: Tree, request: SearchRequest, samples: readonly StepSample[], usage: Usage): readonly ExpansionEvent[] {
  const opened = openedOf(tree);
  const events = request.children.flatMap((child, place) => {
    const sample: StepSample = samples[place] ?? { text: '', truncated: false };
    if (sample.fault !== undefined) return [failedChild(opened, request, child, sample.fault)];
    const reading = readSample(request, sample, opened);
    if (reading.steps.length > 0) return chainEvents(opened, request, child, sample, reading);
    const empty = failedChild(opened, request, child, { code: 'MODEL_EMPTY_STEP', message: `The model wrote no text for child ${child} of node ${request.parentId} (sample ${place} of request ${request.id}).` });
    return [{ ...empty, truncated: sample.truncated, ...thoughtOf(sample) }]; // a thought that was cut off has no text behind it
  });
  return events.map((event, place) => (place === 0 ? { ...event, usage } : event));
}

/** The events of a request that failed for good: each of its children fails with this fault. After a failed choice no choice will come, and every child of the expansion fails. */
export function failedExpansionEvents(tree: Tree, request: SearchRequest, fault: Fault, usage: Usage = free): readonly ExpansionEvent[] {
  const opened = openedOf(tree);
  return request.children.map((child, place) => ({ ...failedChild(opened, request, child, { code: fault.code, message: fault.message }), usage: place === 0 ? usage : free }));
}

/** One event a step, from the top down. All but the last are Reason nodes. */
function chainEvents(opened: OpenedEvent, request: SearchRequest, child: number, sample: StepSample, { steps, truncated, answer }: SampleReading): readonly ExpansionEvent[] {
  const verdict = answer === undefined ? undefined : sample.verdict ?? grade(answer.text, opened.gold, answer);
  return steps.map((text, chain): ExpansionEvent => {
    const last = chain === steps.length - 1;
    const action = last ? actionOf(request.kind, verdict) : 'reason';
    return {
      ...frame(opened, request, child, chain), chainLength: steps.length, action, outcome: 'ok', text, truncated: last && truncated, rollouts: action === 'finish' ? 0 : firstRound(request.depth + chain, opened.search),
      ...(chain === 0 ? thoughtOf(sample) : {}), ...(last && verdict !== undefined ? { verdict } : {}), steps: [...request.steps, ...steps.slice(0, chain + 1)],
    };
  });
}

const thoughtOf = ({ reasoning }: StepSample): Pick<ExpansionEvent, 'reasoning'> => (reasoning === undefined ? {} : { reasoning });

/** What the last node of a sample is: a Finish only where an answer was found. */
function actionOf(kind: SearchRequest['kind'], verdict: Verdict | undefined): ExpansionEvent['action'] {
  if (verdict !== undefined && verdict.status !== 'none') return 'finish';
  return kind === 'reflect' ? 'reflect' : 'reason';
}

const failedChild = (opened: OpenedEvent, request: SearchRequest, child: number, fault: Fault): ExpansionEvent => ({
  ...frame(opened, request, child, 0), chainLength: 1, action: askedFor(request.kind), outcome: 'failed', text: '', truncated: false, fault, rollouts: 0, steps: request.steps,
});

/** After a failed choice nobody knows: Reason. */
const askedFor = (kind: SearchRequest['kind']): ExpansionEvent['asked'] => (kind === 'choose' ? 'reason' : kind);

/** What every node of a request carries, so that whoever rolls it out needs no tree. */
function frame(opened: OpenedEvent, request: SearchRequest, child: number, chain: number) {
  const nodeId = chainId(request.parentId, child, chain);
  return {
    type: 'expansion', v: 1, questionId: opened.questionId, treeId: opened.treeId, expansion: request.expansion, parentId: request.parentId, child, chain, nodeId,
    depth: request.depth + chain, asked: askedFor(request.kind), forced: request.forced, seed: hashSeed(opened.seed, nodeId, 'rollout'), prompt: opened.prompt, gold: opened.gold,
    prompting: opened.search.prompting, stepping: opened.search.stepping, rollout: opened.search.rollout, policy: opened.policy, requestId: request.id, usage: free,
  } as const;
}

function openedOf(tree: Pick<Tree, 'treeId' | 'opened'>): OpenedEvent {
  if (tree.opened === undefined) throw new Error(`Tree ${tree.treeId} is not opened: no request of it can have been answered.`);
  return tree.opened;
}
