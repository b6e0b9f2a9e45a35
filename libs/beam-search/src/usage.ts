// What a decoding cost, over all its requests.
import { asOneRequest, type SampleReply, type ScoreReply } from '@slowthink/models';

/** As schemas/decoding-usage.v1.json has it. */
export type PolicyUsage = SampleReply['usage'];
export type ScorerUsage = ScoreReply['usage'];

/** Requests counted as they were asked, however many the server made of each; `cachedTokens` where an engine says so. */
export function policyUsageOf(replies: readonly SampleReply[]): PolicyUsage {
  const asked = replies.map(({ usage }) => asOneRequest(usage));
  const cached = replies.flatMap(({ usage: { cachedTokens } }) => cachedTokens ?? []);
  const sum = (field: 'requests' | 'samples' | 'promptTokens' | 'completionTokens'): number => asked.reduce((total, usage) => total + usage[field], 0);
  return {
    requests: sum('requests'), samples: sum('samples'), promptTokens: sum('promptTokens'), completionTokens: sum('completionTokens'),
    ...(cached.length === 0 ? {} : { cachedTokens: cached.reduce((total, tokens) => total + tokens, 0) }),
  };
}

export function scorerUsageOf(replies: readonly ScoreReply[]): ScorerUsage {
  const sum = (field: keyof ScorerUsage): number => replies.reduce((total, { usage }) => total + usage[field], 0);
  return { requests: sum('requests'), promptTokens: sum('promptTokens'), completionTokens: sum('completionTokens') };
}
