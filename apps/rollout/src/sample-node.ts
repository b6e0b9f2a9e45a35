import { grade } from '@slowthink/answers';
import { FaultError } from '@slowthink/faults';
import type { Policy, SampleReply, SampleRequest } from '@slowthink/models';
import { readReply, rolloutPrompt } from '@slowthink/prompts';
import { topics, type CompletionsRecord, type ExpansionEvent, type RolloutEvent, type SimulationEvent, type Verdict } from '@slowthink/records';
import { callOnce, failedEmission, type Delivery, type Emission } from '@slowthink/stream';
import type { Verifier } from '@slowthink/verifiers';
import { catchError, map, of, throwError, type Observable } from 'rxjs';
import { judgeCompletions, judgedText, type JudgedReply } from './judge-completions.ts';

/** What asks for completions of a node: its first ones, or further ones. */
export type Simulated = ExpansionEvent | SimulationEvent;

export const wantsCompletions = (delivery: Delivery): delivery is Delivery<Simulated> => (delivery.value.type === 'expansion' && delivery.value.rollouts > 0) || delivery.value.type === 'simulation';

const roundOf = (node: Simulated): number => (node.type === 'simulation' ? node.round : 1);

/** The request for all completions of one round of a node: sample i has seed + i. */
export function rolloutRequestOf(node: Simulated): SampleRequest {
  const { messages, prefix, stop } = rolloutPrompt({ prompt: node.prompt, steps: node.steps, prompting: node.prompting, stepping: node.stepping });
  const round = roundOf(node);
  return { id: `${node.treeId}/${node.nodeId}/rollout${round === 1 ? '' : `/${round}`}`, messages, prefix, stop, n: node.rollouts, seed: node.seed, sampling: node.rollout };
}

/** Samples and grades the completions of one node, by a verifier or by the rules. A record fault fails the node and goes to `faults` in the same transaction: its tree goes on. */
export function sampleNode(policy: Policy, delivery: Delivery<Simulated>, verifier?: Verifier): Observable<Emission> {
  const request = rolloutRequestOf(delivery.value);
  const sample = (signal: AbortSignal) => policy.sample(request, signal);
  const judged$ = verifier === undefined ? callOnce(sample).pipe(map((reply): JudgedReply => ({ reply })))
    : callOnce((signal) => sample(signal).then((reply) => judgeCompletions(verifier, delivery.value, request.id, reply, signal)));
  return judged$.pipe(
    map(({ reply, verdicts }) => graded(delivery, request, reply, verdicts)),                           // JudgedReply -> Emission
    catchError((error: unknown) => error instanceof FaultError && error.blame === 'record' ? of(failed(delivery, request, error)) : throwError(() => error)),
  );
}

function graded(delivery: Delivery<Simulated>, request: SampleRequest, reply: SampleReply, verdicts?: readonly Verdict[]): Emission {
  const node = delivery.value;
  const { questionId, treeId, nodeId, expansion } = node;
  const samples = reply.samples.map((sample, index) => {
    const { text, truncated, reasoning } = readReply(sample);
    const verdict = verdicts?.[index] ?? grade(judgedText(text, node), node.gold, { truncated });
    return { text, ...(reasoning === undefined ? {} : { reasoning }), tokens: sample.tokens, seed: request.seed + index, truncated, verdict };
  });
  const usage = { ...reply.usage, requests: 1 }; // however many the server made of it
  const count = (status: string) => samples.filter(({ verdict }) => verdict.status === status).length;
  const outcome: RolloutEvent = { type: 'rollout', v: 1, questionId, treeId, nodeId, expansion, round: roundOf(node), outcome: 'ok', right: count('right'), n: samples.length, none: count('none'), requestId: request.id, usage };
  const texts: CompletionsRecord = { type: 'completions', v: 1, questionId, treeId, nodeId, round: roundOf(node), requestId: request.id, samples };
  return { outputs: [{ topic: topics.rollouts, key: questionId, value: outcome }, { topic: topics.completions, key: questionId, value: texts }], settled: [{ delivery, verdict: 'ok' }] };
}

function failed(delivery: Delivery<Simulated>, request: SampleRequest, fault: FaultError): Emission {
  const { questionId, treeId, nodeId, expansion } = delivery.value;
  const outcome: RolloutEvent = { type: 'rollout', v: 1, questionId, treeId, nodeId, expansion, round: roundOf(delivery.value), outcome: 'failed', right: 0, n: 0, none: 0, fault: { code: fault.code, message: fault.message }, requestId: request.id, usage: { requests: 1, samples: 0, promptTokens: 0, completionTokens: 0 } };
  const { outputs, settled } = failedEmission('rollout', delivery, fault);
  return { outputs: [{ topic: topics.rollouts, key: questionId, value: outcome }, ...outputs], settled };
}
