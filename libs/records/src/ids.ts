import { createHash } from 'node:crypto';

/** JSON with sorted keys: equal values give equal text whatever order their keys were written in. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** First 20 hex digits (80 bits) of the sha256 of the parts. */
export function hashId(...parts: readonly unknown[]): string {
  return createHash('sha256').update(parts.map(canonicalJson).join('\0')).digest('hex').slice(0, 20);
}

/** A seed of 30 bits (0 .. 2^30 - 1) from the parts: base + sample index stays below 2^31 on every engine. */
export function hashSeed(...parts: readonly unknown[]): number {
  return createHash('sha256').update(parts.map(canonicalJson).join('\0')).digest().readUInt32BE(0) >>> 2;
}

/** run = hash(seed, recipe, semantic settings, policy): transport, URL, concurrency, folder and name are not in it. */
export const runIdOf = (seed: number, settingsHash: string, policy: { readonly model: string; readonly revision: string }): string => hashId('run', seed, settingsHash, policy.model, policy.revision);

/** questionId = dataset/split/id. */
export const questionIdOf = (dataset: string, split: string, id: string | number): string => `${dataset}/${split}/${id}`;

export const treeIdOf = (run: string, questionId: string, attempt: number): string => hashId('tree', run, questionId, attempt);

/** The partition of a key: the same number in every topic. murmur2 as Kafka's default partitioner computes it. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ data.length;
  let at = 0;
  for (; at + 4 <= data.length; at += 4) {
    let k = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    k = Math.imul(k, m); k ^= k >>> 24; k = Math.imul(k, m);
    h = Math.imul(h, m) ^ k;
  }
  const left = data.length - at;
  if (left >= 3) h ^= data[at + 2]! << 16;
  if (left >= 2) h ^= data[at + 1]! << 8;
  if (left >= 1) h = Math.imul(h ^ data[at]!, m);
  h ^= h >>> 13; h = Math.imul(h, m); h ^= h >>> 15;
  return h;
}
