// slowthink evaluate as its tests start it, and what it leaves.
import type { VerdictsRecord } from '@slowthink/records';

/** A command on cases.jsonl with the scorer that ships, and few draws and subsets: their number is not what is tested. */
export const evaluationArgs = (policy: string, dir: string, n: number, more: readonly string[]): readonly string[] =>
  ['evaluate', '--policy', policy, '--dir', dir, '--items', 'cases.jsonl', '--partitions', '2', '-n', String(n), '--draws', '200', '--subsets', '10', '--scorer', 'seed', '--json', ...more];

/** The records of an items.jsonl. */
export const recordsOf = (text: string): readonly VerdictsRecord[] => text.trimEnd().split('\n').map((line) => JSON.parse(line) as VerdictsRecord);
