import { createHash } from 'node:crypto';
import type { FaultError } from '@slowthink/faults';
import { topics, type FaultRecord } from '@slowthink/records';
import type { Output } from './stage.ts';

const headMax = 256 * 1024; // characters of an original kept whole

export interface FaultPlace {
  readonly stage: string;
  /** topic/partition/offset, or file:line. */
  readonly place: string;
  /** Question id where one is known. */
  readonly key: string;
  readonly questionId?: string;
  readonly treeId?: string;
  readonly nodeId?: string;
  /** The record's bytes as they came. */
  readonly original?: string | undefined;
}

/** The original as a fault keeps it: whole up to 256 KB, else its head with length and sha256 of all. */
export function keepOriginal(original: string): { readonly text: string; readonly length: number; readonly sha256: string } {
  const bytes = Buffer.from(original);
  return { text: original.length > headMax ? original.slice(0, headMax) : original, length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** A fault as a record of the topic `faults` (law 7). */
export function faultRecord(fault: FaultError, where: FaultPlace): FaultRecord {
  const { original, ...rest } = where;
  return { type: 'fault', v: 1, code: fault.code, blame: fault.blame, retry: fault.retry, message: fault.message, hint: fault.hint, ...rest, ...(original === undefined ? {} : { original: keepOriginal(original) }) };
}

export const faultOutput = (fault: FaultError, where: FaultPlace): Output => ({ topic: topics.faults, key: where.key, value: faultRecord(fault, where) });
