import type { DuckDbSession } from './duckdb-session.ts';
import { chainKinds, type TableKind } from './kinds.ts';

/** What the rows of a data set say about it. */
export interface DataSetFacts {
  readonly questions: number;
  readonly trees: number;
  readonly chains: number;
  readonly pairs: number;
  /** Labelled steps of the PRM rows, and how many of them are labelled true. */
  readonly steps: number;
  readonly stepsTrue: number;
  readonly positiveChains: number;
  /** Distinct values of these columns over all rows, in byte order. */
  readonly values: { readonly [column in (typeof factColumns)[number]]: readonly string[] };
}

export const factColumns = ['dataset', 'run', 'recipe', 'labels_recipe', 'labels_hash', 'settings_hash', 'policy_model', 'policy_revision'] as const;

/** Counts over the gathered tables of these kinds (at least one). A question, tree, chain or pair that stands in several kinds counts once. */
export async function readFacts(session: DuckDbSession, kinds: readonly TableKind[]): Promise<DataSetFacts> {
  const union = kinds.map((kind) => `SELECT question_id, tree_id, ordinal, ${String(chainKinds.includes(kind))} AS is_chain, ${factColumns.join(', ')} FROM ${kind}`).join(' UNION ALL ');
  const lists = factColumns.map((column) => `list_sort(list(DISTINCT ${column})) AS ${column}`).join(', ');
  const totals = await session.row(`SELECT count(DISTINCT question_id) AS questions, count(DISTINCT tree_id) AS trees, count(DISTINCT (question_id, tree_id, ordinal)) FILTER (is_chain) AS chains, count(DISTINCT (question_id, tree_id, ordinal)) FILTER (NOT is_chain) AS pairs, ${lists} FROM (${union})`);
  const steps = kinds.includes('prm')
    ? await session.row(`SELECT sum(len(labels)) AS steps, sum(len(list_filter(labels, lambda label: label))) AS steps_true, count(*) FILTER (polarity = 'positive') AS positive FROM prm`)
    : {};
  const values = Object.fromEntries(factColumns.map((column) => [column, totals[column] as readonly string[]])) as DataSetFacts['values'];
  return {
    questions: Number(totals['questions']), trees: Number(totals['trees']), chains: Number(totals['chains']), pairs: Number(totals['pairs']),
    steps: Number(steps['steps'] ?? 0), stepsTrue: Number(steps['steps_true'] ?? 0), positiveChains: Number(steps['positive'] ?? 0), values,
  };
}
