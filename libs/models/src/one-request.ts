import type { SampleReply } from './policy.ts';

/**
 * What a reply costs when its prompt is sent once: one request, its prompt counted once. A server's limits, or an answer with a choice too few, make several requests of one; the records of a tree must not know (law 4).
 * Meters and budgets take the usage as it is. What a prefix cache held is left out: it depends on what else was asked.
 */
export const asOneRequest = ({ requests, samples, promptTokens, completionTokens }: SampleReply['usage']): SampleReply['usage'] => ({ requests: 1, samples, completionTokens, promptTokens: Math.round(promptTokens / Math.max(1, requests)) });
