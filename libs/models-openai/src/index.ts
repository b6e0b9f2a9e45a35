export { openaiPolicy, type OpenaiOptions } from './openai-policy.ts';
export { parsePolicy, type PolicyAddress } from './parse-policy.ts';
export { dialectNames, dialects, type Dialect, type DialectName } from './dialects.ts';
