import { FaultError } from '@slowthink/faults';
import { hashSeed } from '@slowthink/records';

/** One part of a set of questions. */
export interface Shard { readonly part: number /* 1..of */; readonly of: number }

/** "2/4" of --shard; undefined: everything. SETTING_INVALID. */
export function shardOf(text: string | null): Shard | undefined {
  if (text === null) return undefined;
  const [, part, of] = /^([1-9]\d{0,4})\/([1-9]\d{0,4})$/.exec(text) ?? [];
  if (part === undefined || Number(part) > Number(of)) throw new FaultError('SETTING_INVALID', `--shard is ${JSON.stringify(text)}; allowed: i/n with i from 1 to n, such as 2/4.`);
  return { part: Number(part), of: Number(of) };
}

/** Whether a question belongs to the part: by the hash of its id, so that neither order nor other questions matter and no part is empty by rounding. */
export const inShard = ({ part, of }: Shard, questionId: string): boolean => hashSeed('shard', questionId) % of === part - 1;
