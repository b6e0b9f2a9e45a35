// The two ports models stand behind. A policy completes a prefix; a step scorer values the steps of a solution.

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface Sampling {
  readonly temperature: number; // 0..
  readonly topP: number; // 0..1
  readonly topK: number; // 0: off
  readonly minP: number; // 0..1, 0: off
  readonly maxTokens: number; // generated tokens a sample
}

export interface SampleRequest {
  /** Stable id from what the request is for; the same request has the same id after a restart. */
  readonly id: string;
  /** The conversation so far; the last message is the user's. */
  readonly messages: readonly Message[];
  /** Beginning of the assistant's turn, continued without a break; may be empty. */
  readonly prefix: string;
  readonly n: number; // samples, 1..
  /** Sample i is drawn with seed + i, however the request is split. */
  readonly seed: number;
  readonly sampling: Sampling;
  /** Generation ends before the first of these; the text never contains it. */
  readonly stop: readonly string[];
  /**
   * Each text is exactly one of these words, whatever `maxTokens` is, drawn by the scores of their tokens under `sampling`. An engine without scores or grammars samples freely and may write anything else:
   * the caller reads the text either way. At least two; none is the beginning of another.
   */
  readonly choices?: readonly string[];
  /** Log-probabilities of the generated tokens too, where the engine has them. Default false. */
  readonly logprobs?: boolean;
}

export interface Sample {
  /** What follows the prefix, without it and without the stop string. */
  readonly text: string;
  /** What a thinking model thought before the text, where the server keeps it apart (`reasoning_content`). Counted in `tokens`. */
  readonly reasoning?: string;
  readonly finish: 'stop' | 'length';
  readonly tokens: number;
  /** One a token, natural logarithm, of the distribution that was drawn from (after temperature, top-k, top-p, min-p). */
  readonly logprobs?: readonly number[];
}

export interface SampleReply {
  /** Exactly n, in seed order. */
  readonly samples: readonly Sample[];
  /** Of every request this was made of: a prompt that was sent k times counts k times. `cachedTokens`: the part of promptTokens that a prefix cache held, where the engine says so. */
  readonly usage: { readonly requests: number; readonly samples: number; readonly promptTokens: number; readonly completionTokens: number; readonly cachedTokens?: number };
}

export interface PolicyIdentity {
  readonly model: string;
  readonly revision: string;
}

export interface PolicyDescription extends PolicyIdentity {
  /** Tokens of prompt and completion together; undefined when the server does not say. */
  readonly contextTokens: number | undefined;
}

/** Faults: MODEL_* of libs/faults. Cancelling the signal rejects with its reason and frees the server where it can. */
export interface Policy {
  describe(signal?: AbortSignal): Promise<PolicyDescription>;
  sample(request: SampleRequest, signal?: AbortSignal): Promise<SampleReply>;
  close(): Promise<void>;
}

export interface ScoreRequest {
  readonly id: string;
  /** The user's turn, as the policy saw it. */
  readonly question: string;
  /** Step 0 first; normalised texts as a tree holds them, without "Step k:". The scorer joins them as `joinSteps` of libs/prompts does. */
  readonly steps: readonly string[];
}

export interface ScoreReply {
  /** One a step, Step 0 left out; 0..1. */
  readonly values: readonly number[];
  /** What scoring cost. Tokens read and, where a chat model gives the verdicts, generated; 0 where there was nothing to value. */
  readonly usage: { readonly requests: number; readonly promptTokens: number; readonly completionTokens: number };
}

/** One value a step, in one forward pass. A trajectory that is too long is MODEL_CONTEXT_EXCEEDED, never cut off. */
export interface StepScorer {
  describe(signal?: AbortSignal): Promise<PolicyIdentity>;
  score(request: ScoreRequest, signal?: AbortSignal): Promise<ScoreReply>;
  close(): Promise<void>;
}
