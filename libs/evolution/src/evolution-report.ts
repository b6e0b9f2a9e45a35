// What an evolution says of itself: report.json, which report.html draws and --json cuts down. Shares are 0..1, differences of shares -1..1; a number that is not defined is null.
import type { Hashes } from './records.ts';

export interface Share { readonly accuracy: number | null; readonly low: number | null; readonly high: number | null }
/** Interval by paired bootstrap over the items of dev, 95 %. */
export interface Gain { readonly difference: number | null; readonly low: number | null; readonly high: number | null }

export interface RoundReport {
  readonly round: number; // 0: the base
  readonly policy: string; // as --policy takes it
  readonly scorer: string | null;
  readonly questions: number | null; // searched; null: none are in this round
  readonly rows: { readonly [kind: string]: number };
  readonly items: number; // of dev
  readonly candidates: number; // N
  /** By decoding rule, and pass@N. */
  readonly accuracies: { readonly [rule: string]: Share };
  /** Greedy accuracy minus that of the round before, on the same items; null for the base. */
  readonly greedyGain: Gain | null;
  /** vote-sum (min) minus maj@N, from the same candidates; null without a scorer. */
  readonly voteGain: Gain | null;
  readonly minutes: { readonly [step: string]: number };
  readonly requests: number;
  readonly tokens: { readonly [step: string]: number };
  readonly hashes: Hashes;
  readonly report: string; // of this evaluation, relative to the folder
}

export interface EvolutionReport {
  readonly v: 1;
  readonly recipe: string;
  readonly seed: number;
  readonly trainer: string;
  readonly keepBy: string; // decoding rule
  readonly kept: Kept;
  readonly rounds: readonly RoundReport[];
  /** Why there are no more rounds; null: all that were asked for are done. */
  readonly stopped: string | null;
  readonly notes: readonly string[];
}

/** The models in use: DIR/best.json. */
export interface Kept {
  readonly round: number;
  readonly policy: string;
  readonly scorer: string | null;
  readonly by: string;
  readonly value: number | null;
  readonly hashes: Hashes;
}
