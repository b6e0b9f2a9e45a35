export { reduceValues, reducerNames, reducers, type ReducerName } from './reducers.ts';
export { everyMember, poolOf, type Pool, type PoolCandidate } from './pool.ts';
export { choosers, type Chooser, type ChooserName } from './choosers.ts';
export { choose, chooseIn, decodingRules, ruleNamed, type DecodingRule } from './rules.ts';
