export { openaiPolicy, type OpenaiOptions } from './openai-policy.ts';
export { parsePolicy, type PolicyAddress } from './parse-policy.ts';
export { dialectNames, dialects, type Dialect, type DialectName } from './dialects.ts';
export { openaiScorer, type OpenaiScorerOptions } from './openai-scorer.ts';
export { parseScorer, type ScorerAddress } from './parse-scorer.ts';
