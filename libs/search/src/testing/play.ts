// A deterministic model and a caller for tests of the search: no part of the product imports this file.
import { FaultError } from '@slowthink/faults';
import { hashSeed, type ExpansionEvent, type Gold, type OpenedEvent, type QuestionRecord, type RolloutEvent, type SimulationEvent, type Usage } from '@slowthink/records';
import { apply, choiceEvent, expansionEvents, failedExpansionEvents, next, openedEvent, resolveSearch, type SearchOverrides, type SearchRequest, type StepSample, type Tree, type TreeEvent } from '../index.ts';

export const gold: Gold = { kind: 'choice', answer: 'B', options: [{ letter: 'A', text: 'Aspirin' }, { letter: 'B', text: 'Nitroglycerin' }, { letter: 'C', text: 'Heparin' }, { letter: 'D', text: 'Morphine' }] };

export const question = (id: string): QuestionRecord => ({ type: 'question', v: 1, id: `medqa/test/${id}`, dataset: 'medqa', split: 'test', role: 'train', attempt: 1, prompt: { text: `Question ${id}` }, gold });

export const open = (overrides: SearchOverrides = {}, id = '1', seed = 7, recipe = 'meds3-v2'): OpenedEvent =>
  openedEvent({ question: question(id), run: 'run', settingsHash: 'settings', seed, policy: { model: 'scripted', revision: '1' }, search: resolveSearch(recipe, 'paper', overrides) });

/** What asks for completions of a node. */
export type Simulating = ExpansionEvent | SimulationEvent;
const roundOf = (event: Simulating): number => (event.type === 'simulation' ? event.round : 1);

/** Texts for the children of a request (for a choice: the words), or a failure of the whole request. */
export type Answer = readonly (string | StepSample)[] | FaultError;
export interface Script {
  readonly answer: (request: SearchRequest) => Answer;
  readonly simulate: (event: Simulating) => { readonly right: number; readonly n: number } | FaultError;
}

/** Answers by request ("2/choose") and right simulations by node id; a second round's under "0.1/2". A fault fails its request. */
export const scripted = (answers: Readonly<Record<string, Answer>>, rights: Readonly<Record<string, number>>): Script => ({
  answer: (request) => answers[request.id.slice(request.treeId.length + 1)]!,
  simulate: (event) => ({ right: rights[event.type === 'simulation' ? `${event.nodeId}/${event.round}` : event.nodeId]!, n: event.rollouts }),
});

export const usageOf = (samples: number): Usage => ({ requests: 1, samples, promptTokens: 10, completionTokens: 5 * samples });

export function answerEvents(tree: Tree, request: SearchRequest, { answer }: Script): readonly TreeEvent[] {
  const reply = answer(request);
  if (reply instanceof FaultError) return failedExpansionEvents(tree, request, reply);
  const samples = reply.map((text) => (typeof text === 'string' ? { text, truncated: false } : text));
  return request.kind === 'choose' ? [choiceEvent(tree, request, samples.map(({ text }) => text), usageOf(request.n))] : expansionEvents(tree, request, samples, usageOf(request.n));
}

export function rolloutEvent(event: Simulating, { simulate }: Script): RolloutEvent {
  const outcome = simulate(event);
  const frame = { type: 'rollout', v: 1, questionId: event.questionId, treeId: event.treeId, nodeId: event.nodeId, expansion: event.expansion, round: roundOf(event), none: 0, requestId: `${event.treeId}/${event.nodeId}/rollout${roundOf(event) === 1 ? '' : '/2'}` } as const;
  if (outcome instanceof FaultError) return { ...frame, outcome: 'failed', right: 0, n: 0, fault: { code: outcome.code, message: outcome.message }, usage: usageOf(0) };
  return { ...frame, outcome: 'ok', ...outcome, usage: usageOf(outcome.n) };
}

export interface Played {
  readonly tree: Tree;
  /** One transaction each, in the order they were folded. */
  readonly transactions: readonly (readonly TreeEvent[])[];
  readonly events: readonly TreeEvent[];
  readonly requests: readonly SearchRequest[];
  /** Ids in flight after each transaction. */
  readonly inFlight: readonly (readonly string[])[];
}

/** Drives a tree until it is closed. `pick` says which of the waiting transactions is folded next (0: first come, first served). */
export function play(opened: OpenedEvent, script: Script, pick: (waiting: number) => number = () => 0, start?: Tree): Played {
  const requests: SearchRequest[] = [];
  const transactions: (readonly TreeEvent[])[] = [];
  const inFlight: (readonly string[])[] = [];
  const flying = new Set<string>();
  const waiting: { readonly id: string; readonly events: readonly TreeEvent[] }[] = start === undefined ? [{ id: 'opened', events: [opened] }] : [];
  let tree = start;
  const simulate = (event: Simulating): void => { waiting.push({ id: `${event.nodeId}/rollout/${roundOf(event)}`, events: [rolloutEvent(event, script)] }); };
  const ask = (): void => {
    const { requests: wanted, close } = next(tree!);
    if (close !== undefined) waiting.push({ id: 'closed', events: [{ type: 'closed', v: 1, questionId: opened.questionId, treeId: opened.treeId, ...close }] });
    for (const request of wanted) {
      if (flying.has(request.id)) continue;
      flying.add(request.id);
      requests.push(request);
      waiting.push({ id: request.id, events: answerEvents(tree!, request, script) });
    }
  };
  if (start !== undefined) {
    for (const { nodes, simulations, rollouts } of start.waiting.values()) {
      for (const event of [...nodes.values(), ...simulations.values()]) if (event.rollouts > 0 && !rollouts.has(`${event.nodeId}/${roundOf(event)}`)) simulate(event);
    }
    ask();
  }
  while (waiting.length > 0) {
    const [{ id, events }] = waiting.splice(pick(waiting.length), 1) as [(typeof waiting)[number]];
    for (const event of events) tree = apply(tree, event);
    const { simulations } = next(tree!);
    for (const event of simulations) tree = apply(tree, event);
    const written = [...events, ...simulations];
    for (const event of written) if ((event.type === 'expansion' && event.rollouts > 0) || event.type === 'simulation') simulate(event);
    flying.delete(id);
    transactions.push(written);
    ask();
    inFlight.push([...flying].sort());
  }
  return { tree: tree!, transactions, events: transactions.flat(), requests, inFlight };
}

/** A model that answers everything from a hash: choices, one to four steps, right, wrong and missing answers, empty texts, failures. */
export function randomScript(seed: number, failures = true): Script {
  const roll = (sides: number, ...parts: readonly unknown[]): number => hashSeed(seed, ...parts) % sides;
  const fails = (id: string): FaultError | undefined => (failures && roll(9, id, 'fails') === 0 ? new FaultError('MODEL_REFUSED', 'Refused.') : undefined);
  const step = (...parts: readonly unknown[]): string => `Weigh finding ${roll(4, ...parts)}.`;
  const ending = (...parts: readonly unknown[]): string => ['The answer is B.', 'The answer is A.', 'The answer is B.', 'Nothing more to say.', failures ? '' : 'The answer is C.'][roll(5, ...parts, 'ending')]!;
  return {
    answer: (request) => fails(request.id) ?? request.children.map((child) => {
      if (request.kind === 'choose') return ['Reason', 'Finish', ' finish.', 'perhaps'][roll(4, request.id, child)]!;
      if (request.kind === 'reason' || request.kind === 'reflect') return roll(6, request.id, child) === 0 ? ending(request.id, child) : step(request.id, child, 'step');
      const steps = Array.from({ length: roll(3, request.id, child, 'length') }, (_, place) => step(request.id, child, place));
      return [...steps, ending(request.id, child)].map((text, place) => (place === 0 ? text : `Step ${request.depth + place}: ${text}`)).join('\n\n');
    }),
    simulate: (event) => fails(`${event.nodeId}/rollout/${roundOf(event)}`) ?? { right: roll(event.rollouts + 1, event.nodeId, 'right', roundOf(event)), n: event.rollouts },
  };
}

/** Everything a tree holds, with the order of maps taken out. */
export function dump(tree: Tree): string {
  return JSON.stringify(tree, (_, value: unknown) => (value instanceof Map ? [...value].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) : value), 1);
}

export const numbersOf = (tree: Tree): Readonly<Record<string, readonly [value: number | null, visits: number]>> =>
  Object.fromEntries(tree.search!.nodes.map(({ id, value, visits }) => [id, [value === null ? null : Number(value.toFixed(6)), visits]]));

