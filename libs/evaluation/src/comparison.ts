// What a comparison of two runs says: the object that "slowthink compare" prints. Numbers are as in an Evaluation.
import type { PolicyIdentity } from '@slowthink/records';
import type { Estimate } from './evaluation.ts';

export interface ComparedRun { readonly policy: PolicyIdentity; readonly scorer: PolicyIdentity | null; readonly grader: string; readonly decode: string; readonly candidates: number; readonly items: number }

/** One rule in both runs, on the items that both have. */
export interface ComparedPart {
  readonly set: string | null; // null: all items
  readonly title: string;
  readonly n: number;
  readonly a: Estimate;
  readonly b: Estimate;
  /** Accuracy in a minus that in b; interval by paired bootstrap over items. */
  readonly difference: Estimate;
  readonly onlyA: number; // items that only a gets right
  readonly onlyB: number;
  /** McNemar's test, as in a PairResult. */
  readonly p: number | null;
  readonly test: 'exact' | 'chi-square' | 'none';
}

export interface ComparedRule {
  readonly rule: string;
  readonly title: string;
  readonly all: ComparedPart;
  readonly sets: readonly ComparedPart[];
  /** Ids of the items that only one of the two gets right, in order. */
  readonly flips: { readonly onlyA: readonly string[]; readonly onlyB: readonly string[] };
}

export interface Comparison {
  readonly comparison: 1; // version of this form
  readonly a: ComparedRun;
  readonly b: ComparedRun;
  readonly items: number; // in both
  readonly onlyInA: readonly string[]; // ids of items that the other run lacks: in no number here
  readonly onlyInB: readonly string[];
  readonly rules: readonly ComparedRule[]; // that both runs allow
  readonly notes: readonly string[];
  readonly method: { readonly draws: number; readonly seed: number; readonly confidence: number };
}
