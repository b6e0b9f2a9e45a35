import { decodingRules, ruleNamed, type DecodingRule } from '@slowthink/decoding';
import { columnsOf, summarise, type Evaluation, type ItemColumns } from '@slowthink/evaluation';
import type { VerdictsRecord } from '@slowthink/records';
import { seedParameters } from '@slowthink/seed-models';
import type { RunSettings } from '../flags.ts';

export interface NumbersOptions {
  readonly settings: Pick<RunSettings, 'seed' | 'evaluate.rules' | 'evaluate.draws' | 'evaluate.subsets' | 'evaluate.policyParameters' | 'evaluate.scorerParameters'>;
  readonly titles: ReadonlyMap<string, string>;
  /** Items by set that came to no verdict, from what is judged; undefined: not known. */
  readonly failed?: ((judged: ReadonlyMap<string, number>) => ReadonlyMap<string, number>) | undefined;
  /** false: accuracies alone, without bootstrap, pairs and curve. */
  readonly intervals?: boolean;
}

/** Every number of some items. A text is let go as soon as its columns are taken. EVALUATION_EMPTY, EVALUATION_MIXED, EVALUATION_RULE_UNAVAILABLE. */
export async function numbersOf(items: AsyncIterable<VerdictsRecord>, { settings, titles, failed, intervals = true }: NumbersOptions): Promise<Evaluation> {
  const columns: ItemColumns[] = [];
  const judged = new Map<string, number>();
  let policy: string | undefined, scorer: string | undefined;
  for await (const item of items) {
    columns.push(columnsOf(item));
    judged.set(item.item.dataset, (judged.get(item.item.dataset) ?? 0) + 1);
    policy ??= item.policy.model;
    scorer ??= item.scorer?.model;
  }
  const rules = settings['evaluate.rules'].map(ruleNamed);
  return summarise(columns, {
    seed: settings.seed, draws: settings['evaluate.draws'], subsets: settings['evaluate.subsets'], ...(rules.length === 0 ? {} : { rules }), intervals,
    policyParameters: settings['evaluate.policyParameters'] ?? (policy === 'seed' ? seedParameters.policy : null), scorerParameters: settings['evaluate.scorerParameters'] ?? (scorer === 'seed' ? seedParameters.scorer : null),
    failed: Object.fromEntries(failed?.(judged) ?? []), titles: Object.fromEntries(titles),
  });
}

/** The rules of an evaluation, as libs/decoding has them. */
export const rulesIn = ({ sets }: Evaluation): readonly DecodingRule[] => decodingRules.filter(({ name }) => sets[0]?.rules.some(({ rule }) => rule === name) === true);
