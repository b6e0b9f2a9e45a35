export type * from './evaluation.ts';
export type * from './comparison.ts';
export { evaluate } from './evaluate.ts';
export { summarise, type EvaluateOptions } from './summarise.ts';
export { columnsOf, greedyTokensOf, outcomes, type ItemColumns, type Outcome } from './columns.ts';
export { isCeiling } from './ceiling.ts';
export { compareEvaluations } from './compare.ts';
export { mergeItem, mergeItems } from './merge.ts';
export { elevenSets } from './published.ts';
