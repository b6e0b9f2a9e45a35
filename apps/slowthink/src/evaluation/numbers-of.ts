import { decodingRules, ruleNamed, type DecodingRule } from '@slowthink/decoding';
import { columnsOf, summarise, type Evaluation, type ItemColumns } from '@slowthink/evaluation';
import type { VerdictsRecord } from '@slowthink/records';
import { seedParameters } from '@slowthink/seed-models';
import type { RunSettings } from '../flags.ts';

export interface NumbersOptions {
  readonly settings: Pick<RunSettings, 'seed' | 'evaluate.rules' | 'evaluate.draws' | 'evaluate.subsets' | 'evaluate.policyParameters' | 'evaluate.scorerParameters'>;
  readonly titles: ReadonlyMap<string, string>;
  /** Further items that were to be judged, id -> set: those of them that are not among the items came to no verdict. */
  readonly asked?: ReadonlyMap<string, string>;
  /** false: accuracies alone, without bootstrap, pairs and curve. */
  readonly intervals?: boolean;
}

/** Ids of items that came to no verdict, in order, by set. */
export interface FailedItems { readonly [set: string]: readonly string[] }

export interface Numbers { readonly evaluation: Evaluation; readonly failed: FailedItems }

/** Every number of some items. A text is let go as soon as its columns are taken. EVALUATION_EMPTY, EVALUATION_MIXED, EVALUATION_RULE_UNAVAILABLE. */
export async function numbersOf(items: AsyncIterable<VerdictsRecord>, { settings, titles, asked = new Map(), intervals = true }: NumbersOptions): Promise<Numbers> {
  const columns: ItemColumns[] = [];
  let policy: string | undefined, scorer: string | undefined;
  for await (const item of items) {
    columns.push(columnsOf(item));
    policy ??= item.policy.model;
    scorer ??= item.scorer?.model;
  }
  const rules = rulesNamed(settings['evaluate.rules']);
  const failed = failedOf(asked, new Set(columns.map(({ id }) => id)));
  const evaluation = summarise(columns, {
    seed: settings.seed, draws: settings['evaluate.draws'], subsets: settings['evaluate.subsets'], ...(rules.length === 0 ? {} : { rules }), intervals,
    policyParameters: settings['evaluate.policyParameters'] ?? (policy === 'seed' ? seedParameters.policy : null), scorerParameters: settings['evaluate.scorerParameters'] ?? (scorer === 'seed' ? seedParameters.scorer : null),
    failed: Object.fromEntries(Object.entries(failed).map(([set, ids]) => [set, ids.length])), titles: Object.fromEntries(titles),
  });
  return { evaluation, failed };
}

function failedOf(asked: ReadonlyMap<string, string>, judged: ReadonlySet<string>): FailedItems {
  const failed: { [set: string]: string[] } = {};
  for (const [id, set] of asked) if (!judged.has(id)) (failed[set] ??= []).push(id);
  return Object.fromEntries(Object.entries(failed).map(([set, ids]) => [set, ids.sort()] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The rules of some names, each once though a name and its alias be given. RULE_UNKNOWN. */
export const rulesNamed = (names: readonly string[]): readonly DecodingRule[] => [...new Set(names.map(ruleNamed))];

/** The rules of an evaluation, as libs/decoding has them. */
export const rulesIn = ({ sets }: Evaluation): readonly DecodingRule[] => decodingRules.filter(({ name }) => sets[0]?.rules.some(({ rule }) => rule === name) === true);
