import type { Policy, PolicyDescription, SampleReply, SampleRequest, ScoreRequest, StepScorer } from './policy.ts';
import { systemClock, type Clock } from './clock.ts';

export interface ScriptedAnswer {
  readonly text: string;
  readonly finish?: 'stop' | 'length';
}

export interface PolicyScript {
  /** Text of one sample, also where the request has `choices`: it is passed as it is. It is cut at the first stop string and after `maxTokens` words, as a server would. */
  answer(request: SampleRequest, sampleIndex: number, seed: number): ScriptedAnswer;
  /** Time one request takes. Default 0. */
  readonly delayMs?: number;
  /** What call number `call` (from 0) throws instead of answering; undefined: it answers. */
  readonly fail?: (request: SampleRequest, call: number) => unknown;
  readonly description?: Partial<PolicyDescription>;
  readonly clock?: Clock;
}

export interface ScriptedPolicy extends Policy {
  /** Every request, in the order they came. */
  readonly requests: readonly SampleRequest[];
  readonly calls: number;
  readonly samples: number;
  readonly inFlight: number;
  readonly inFlightMax: number;
  readonly described: number;
  readonly closed: boolean;
}

const words = (text: string) => text.match(/\s*\S+/g) ?? [];

function cut(request: SampleRequest, answer: ScriptedAnswer) {
  const ends = request.stop.map((stop) => answer.text.indexOf(stop)).filter((at) => at >= 0);
  const text = ends.length > 0 ? answer.text.slice(0, Math.min(...ends)) : answer.text;
  const tokens = words(text);
  if (tokens.length > request.sampling.maxTokens) return { text: tokens.slice(0, request.sampling.maxTokens).join(''), finish: 'length' as const, tokens: request.sampling.maxTokens };
  return { text, finish: ends.length > 0 ? 'stop' as const : answer.finish ?? 'stop' as const, tokens: tokens.length };
}

/** A policy for tests: answers from a function, counts calls, keeps every request. Deterministic when `answer` is. A word is a token. */
export function scriptedPolicy(script: PolicyScript): ScriptedPolicy {
  const clock = script.clock ?? systemClock;
  const seen = { requests: [] as SampleRequest[], samples: 0, inFlight: 0, inFlightMax: 0, described: 0, closed: false };
  return {
    get requests() { return seen.requests; },
    get calls() { return seen.requests.length; },
    get samples() { return seen.samples; },
    get inFlight() { return seen.inFlight; },
    get inFlightMax() { return seen.inFlightMax; },
    get described() { return seen.described; },
    get closed() { return seen.closed; },
    describe: async (signal) => {
      signal?.throwIfAborted();
      seen.described++;
      return { model: 'scripted', revision: 'scripted-1', contextTokens: undefined, ...script.description };
    },
    sample: async (request, signal) => {
      signal?.throwIfAborted();
      const call = seen.requests.push(request) - 1;
      seen.inFlight++;
      seen.inFlightMax = Math.max(seen.inFlightMax, seen.inFlight);
      try {
        if (script.delayMs) await clock.sleep(script.delayMs, signal);
        const fault = script.fail?.(request, call);
        if (fault !== undefined) throw fault;
        const samples = Array.from({ length: request.n }, (_, i) => cut(request, script.answer(request, i, request.seed + i)));
        seen.samples += samples.length;
        const promptTokens = words(request.messages.map((message) => message.content).join(' ')).length + words(request.prefix).length;
        const reply: SampleReply = { samples, usage: { requests: 1, samples: samples.length, promptTokens, completionTokens: samples.reduce((sum, sample) => sum + sample.tokens, 0) } };
        return reply;
      } finally { seen.inFlight--; }
    },
    close: async () => { seen.closed = true; },
  };
}

export interface ScriptedScorer extends StepScorer {
  readonly requests: readonly ScoreRequest[];
}

/** A step scorer for tests: `value` gives the value (0..1) of step `index` (1 is the first after Step 0). */
export function scriptedScorer(script: { value(request: ScoreRequest, index: number): number; readonly fail?: (request: ScoreRequest, call: number) => unknown }): ScriptedScorer {
  const requests: ScoreRequest[] = [];
  return {
    requests,
    describe: async () => ({ model: 'scripted', revision: 'scripted-1' }),
    score: async (request, signal) => {
      signal?.throwIfAborted();
      const call = requests.push(request) - 1;
      const fault = script.fail?.(request, call);
      if (fault !== undefined) throw fault;
      const values = request.steps.slice(1).map((_, i) => script.value(request, i + 1));
      return { values, usage: { requests: 1, promptTokens: values.length === 0 ? 0 : words([request.question, ...request.steps].join(' ')).length, completionTokens: 0 } };
    },
    close: async () => {},
  };
}
