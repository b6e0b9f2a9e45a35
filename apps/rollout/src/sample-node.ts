import { FaultError } from '@slowthink/faults';
import type { Policy, SampleRequest } from '@slowthink/models';
import { rolloutPrompt } from '@slowthink/prompts';
import { topics, type CompletionsRecord, type ExpansionEvent, type RolloutEvent, type SimulationEvent } from '@slowthink/records';
import { callOnce, failedEmission, type Delivery, type Emission } from '@slowthink/stream';
import { sampleAndGrade, type GradedReply, type Verifier } from '@slowthink/verifiers';
import { catchError, map, of, throwError, type Observable } from 'rxjs';

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
  const { questionId, prompt, gold, steps, stepping } = delivery.value;
  const request = rolloutRequestOf(delivery.value);
  return callOnce((signal) => sampleAndGrade(policy, request, { questionId, prompt, gold, depth: steps.length, stepping }, verifier, signal)).pipe(
    map((reply) => rolledOut(delivery, request, reply)),                                                // GradedReply -> Emission
    catchError((error: unknown) => error instanceof FaultError && error.blame === 'record' ? of(failed(delivery, request, error)) : throwError(() => error)),
  );
}

function rolledOut(delivery: Delivery<Simulated>, { id }: SampleRequest, { samples, right, none, usage }: GradedReply): Emission {
  const node = delivery.value;
  const { questionId, treeId, nodeId, expansion } = node;
  const outcome: RolloutEvent = { type: 'rollout', v: 1, questionId, treeId, nodeId, expansion, round: roundOf(node), outcome: 'ok', right, n: samples.length, none, requestId: id, usage };
  const texts: CompletionsRecord = { type: 'completions', v: 1, questionId, treeId, nodeId, round: roundOf(node), requestId: id, samples };
  return { outputs: [{ topic: topics.rollouts, key: questionId, value: outcome }, { topic: topics.completions, key: questionId, value: texts }], settled: [{ delivery, verdict: 'ok' }] };
}

function failed(delivery: Delivery<Simulated>, request: SampleRequest, fault: FaultError): Emission {
  const { questionId, treeId, nodeId, expansion } = delivery.value;
  const outcome: RolloutEvent = { type: 'rollout', v: 1, questionId, treeId, nodeId, expansion, round: roundOf(delivery.value), outcome: 'failed', right: 0, n: 0, none: 0, fault: { code: fault.code, message: fault.message }, requestId: request.id, usage: { requests: 1, samples: 0, promptTokens: 0, completionTokens: 0 } };
  const { outputs, settled } = failedEmission('rollout', delivery, fault);
  return { outputs: [{ topic: topics.rollouts, key: questionId, value: outcome }, ...outputs], settled };
}
