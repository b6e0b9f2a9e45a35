// The decoding rules: a row each. Adding one is a row here, and a file where its reducer or chooser is new.
import { FaultError } from '@slowthink/faults';
import { closest } from 'fastest-levenshtein';
import { choosers, type ChooserName } from './choosers.ts';
import { everyMember, poolOf, type Pool, type PoolCandidate } from './pool.ts';
import { reducerNames, type ReducerName } from './reducers.ts';

export interface DecodingRule {
  readonly name: string;
  /** For people, with the N of the candidates left open: "vote-sum (min)". */
  readonly title: string;
  /** Other names that users type; those of the released code among them. */
  readonly aliases: readonly string[];
  /** Undefined: scores are not looked at, and no scorer is needed. */
  readonly reduce: ReducerName | undefined;
  /** greedy: the one solution at temperature 0, not one of the candidates. */
  readonly choose: ChooserName | 'greedy';
}

const spellings = { 'best-of-n': ['bon', 'best-of-n'], 'vote-sum': ['vote-sum'], 'vote-mean': ['vote-mean'] } as const; // the first is ours
const released = { 'best-of-n': 'max', 'vote-sum': 'vote-sum', 'vote-mean': 'vote-mean' } as const; // words of the released evaluation code: prm-REDUCE-CHOOSE
const reducerSpellings: { readonly [Name in ReducerName]?: readonly string[] } = { mean: ['avg'], product: ['prod'], 'geometric-mean': ['gmean'] };

const scored = (Object.keys(spellings) as (keyof typeof spellings)[]).flatMap((choose) => reducerNames.map((reduce): DecodingRule => {
  const reducers = [reduce, ...reducerSpellings[reduce] ?? []];
  const [name, ...others] = spellings[choose].flatMap((chooser) => reducers.map((reducer) => `${chooser}-${reducer}`));
  const paper = choose === 'vote-sum' && reduce === 'min' ? ['p-vs', 'pvs'] : [];
  const bare = choose !== 'best-of-n' && reduce === 'last' ? [`prm-${released[choose]}`] : []; // the released code without a reducer reads the last value
  return { name: name!, title: `${choose === 'best-of-n' ? 'best-of-N' : choose} (${reduce})`, reduce, choose, aliases: [...reducers.map((reducer) => `prm-${reducer}-${released[choose]}`), ...bare, ...others, ...paper] };
}));

export const decodingRules: readonly DecodingRule[] = [
  { name: 'greedy', title: 'greedy', aliases: [], reduce: undefined, choose: 'greedy' },
  { name: 'maj', title: 'maj@N', aliases: ['scvm', 'majority', 'self-consistency', 'sc'], reduce: undefined, choose: 'majority' },
  ...scored,
];

/** The rule of a name or alias, in any case of letters. SETTING_INVALID names the nearest. */
export function ruleNamed(text: string): DecodingRule {
  const wanted = text.trim().toLowerCase();
  const found = decodingRules.find(({ name, aliases }) => name === wanted || aliases.includes(wanted));
  if (found === undefined) {
    const names = decodingRules.flatMap(({ name, aliases }) => [name, ...aliases]);
    throw new FaultError('SETTING_INVALID', `There is no decoding rule ${JSON.stringify(text)}. The nearest is "${closest(wanted, names)}".`, { hint: `Rules: ${decodingRules.map(({ name }) => name).join(', ')}.` });
  }
  return found;
}

/** Index of the candidate that a rule chooses out of `members`; -1: nobody states an answer, or the rule is greedy, which chooses none of them. */
export function chooseIn({ choose, reduce }: DecodingRule, pool: Pool, members: Int32Array = everyMember(pool)): number {
  return choose === 'greedy' ? -1 : choosers[choose](pool, members, pool.scores[reduce ?? 'last']);
}

/** Index of the candidate that a rule chooses; -1 as in `chooseIn`. */
export const choose = (rule: DecodingRule, candidates: readonly PoolCandidate[]): number => chooseIn(rule, poolOf(candidates));
