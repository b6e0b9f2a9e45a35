// What is kept of a decoded test set: for each finished model which question each rule gets right. Candidates stay in the folder of the experiments; every table of docs/experiments.md is computed from this file alone.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { writeWhole } from '@slowthink/results';
import type { LogProbabilityRule } from './log-probability-votes.ts';

/** The rules whose rights are kept; greedy is the one solution at temperature 0, pass whether any candidate is right. */
export const keptRules = ['greedy', 'maj', 'vote-sum-min', 'vote-sum-last', 'vote-sum-mean', 'vote-sum-product', 'bon-min', 'bon-last', 'bon-mean', 'bon-product', 'pass'] as const;
/** The rules read from an evaluation, and the two that weigh votes by the policy's own probability (log-probability-votes.ts). */
export type KeptRule = (typeof keptRules)[number] | LogProbabilityRule;

/** One finished model on one set of questions at one temperature. */
export interface Decoded {
  readonly name: string; // of the system: base, round-1, heavy-sft, …
  readonly temperature: number;
  readonly candidates: number; // a question
  readonly policy: string; // model hash
  readonly scorer: string | null;
  /** sha256 of results/items.jsonl: every candidate with its step values and verdict. */
  readonly candidatesSha256: string;
  /** Rights by rule: a "1" or "0" a question, in the order of `questions`; a rule that needs step values is absent without a scorer. */
  readonly rights: { readonly [Rule in KeptRule]?: string };
  readonly oneSample: number; // share of all candidates that are right, 0..1
  readonly tokens: { readonly prompt: number; readonly generated: number; readonly greedyPrompt: number; readonly greedyGenerated: number; readonly scorer: number };
  readonly seconds: number; // of the evaluation, on an otherwise idle machine
  readonly stepAuroc: { readonly all: number | null; readonly inner: number | null };
}

export interface Outcomes {
  readonly set: { readonly name: string; readonly sha256: string; readonly file?: string; readonly questions: readonly string[] }; // file: in the repository, where it is no set that ships; questions: ids, sorted
  readonly decodedAt: string; // ISO date
  readonly commit: string;
  readonly models: readonly Decoded[];
}

export const readOutcomes = (file: string): Outcomes => JSON.parse(readFileSync(file, 'utf8')) as Outcomes;

/** Whole or not at all. */
export const writeOutcomes = (file: string, outcomes: Outcomes): Promise<void> => writeWhole(file, `${JSON.stringify(outcomes, null, 1)}\n`);

interface Summary { readonly evaluation: { readonly prm?: { readonly all?: { readonly auroc?: { readonly value: number | null } }; readonly inner?: { readonly auroc?: { readonly value: number | null } } } | null } }

/** Rights, tokens and AUROC out of the `results` of an evaluation. Throws where an item is missing or has another number of candidates. */
export async function outcomesOf(results: string, about: Pick<Decoded, 'name' | 'temperature' | 'policy' | 'scorer' | 'seconds'>): Promise<{ readonly questions: readonly string[]; readonly decoded: Decoded }> {
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    const rows = (await connection.runAndReadAll(`SELECT * FROM '${join(results, 'items.parquet')}' ORDER BY item_id`)).getRowObjectsJS() as Record<string, unknown>[];
    if (rows.length === 0) throw new Error(`${results}: no item was judged.`);
    const candidates = new Set(rows.map(({ candidates: count }) => Number(count)));
    if (candidates.size !== 1) throw new Error(`${results}: items have ${[...candidates].join(' and ')} candidates; an experiment compares items with as many each.`);
    const n = [...candidates][0]!;
    const sum = (column: string): number => rows.reduce((total, row) => total + Number(row[column] ?? 0), 0);
    const rightOf = (rule: KeptRule): string | undefined => (rule === 'pass' ? rows.map(({ candidates_right: right }) => (Number(right) > 0 ? '1' : '0')).join('')
      : rows.some((row) => row[rule] === null || row[rule] === undefined) ? undefined : rows.map((row) => (row[rule] === true ? '1' : '0')).join(''));
    const { prm } = (JSON.parse(readFileSync(join(results, 'summary.json'), 'utf8')) as Summary).evaluation;
    return {
      questions: rows.map(({ item_id: id }) => String(id)),
      decoded: {
        ...about, candidates: n, candidatesSha256: createHash('sha256').update(readFileSync(join(results, 'items.jsonl'))).digest('hex'), rights: Object.fromEntries(keptRules.flatMap((rule) => { const rights = rightOf(rule); return rights === undefined ? [] : [[rule, rights]]; })),
        oneSample: sum('candidates_right') / (n * rows.length),
        tokens: { prompt: sum('prompt_tokens'), generated: sum('generated_tokens'), greedyPrompt: sum('greedy_prompt_tokens'), greedyGenerated: sum('greedy_generated_tokens'), scorer: sum('scorer_tokens') },
        stepAuroc: { all: prm?.all?.auroc?.value ?? null, inner: prm?.inner?.auroc?.value ?? null },
      },
    };
  } finally { connection.closeSync(); }
}
