import { FaultError } from '@slowthink/faults';
import { slotsFor } from './canonical-shapes.ts';
import { Int64s } from './int64s.ts';
import type { Forward, ForwardInput, KvSession } from './kv-session.ts';
import { uniformAt } from './philox.ts';
import { copyPrefix, cutPiece, type Prefix } from './prefix.ts';

export interface ProbedModel {
  /** True: a row's results are bitwise the same alone and at any place of a batch. Graphs with dynamic quantization take one scale from the whole batch, so their rows would change each other. */
  readonly batchNeutral: boolean;
}

interface ProbeRow { readonly ids: readonly number[]; readonly prefix: Prefix }

const rowCount = 5, tokens = 16;

/**
 * Looks at a few rows when a model is opened. MODEL_FOLDER_WRONG: a masked gap behind the past, or the given positions, change the result, so the graph does not follow attention_mask and position_ids.
 * Takes about 20 short passes.
 */
export async function probeModel(session: KvSession): Promise<ProbedModel> {
  const idAt = (i: number) => Math.floor(uniformAt(1, i) * session.vocab);
  const first = Array.from({ length: rowCount }, (_, row): ProbeRow => ({ ids: Array.from({ length: tokens }, (_, i) => idAt(row * tokens + i)), prefix: { tokens: 0, pieces: [] } }));
  const behind: ProbeRow[] = [];
  for (const { ids } of first) {
    const { added } = await pass(session, [{ ids, prefix: { tokens: 0, pieces: [] } }], 0);
    behind.push({ ids, prefix: { tokens, pieces: [{ tokens, keys: cutPiece(session, added, 0, tokens, tokens) }] } });
  }
  const decoding = behind.map(({ ids, prefix }) => ({ ids: ids.slice(0, 1), prefix }));
  const slots = slotsFor(tokens);
  const batchNeutral = await isBatchNeutral(session, first, 0) && await isBatchNeutral(session, behind, slots) && await isBatchNeutral(session, decoding, slots);
  await checkGap(session, decoding[0]!, slots, batchNeutral ? 1e-3 : 5e-2);
  return { batchNeutral };
}

async function isBatchNeutral(session: KvSession, rows: readonly ProbeRow[], slots: number): Promise<boolean> {
  const width = rows[0]!.ids.length;
  for (const batch of [rows, rows.slice(0, 2)]) {
    const together = await pass(session, batch, slots);
    for (const [at, row] of batch.entries()) {
      const alone = await pass(session, [row], slots);
      const size = width * session.vocab;
      if (!sameBits(alone.logits, together.logits.subarray(at * size, (at + 1) * size))) return false;
      if (!sameBits(cutPiece(session, alone.added, 0, width, width), cutPiece(session, together.added, at, width, width))) return false;
    }
  }
  return true;
}

/** The same row with its past alone, and with a masked gap of other keys behind it. */
async function checkGap(session: KvSession, row: ProbeRow, slots: number, tolerance: number): Promise<void> {
  const plain = await pass(session, [row], tokens), padded = await pass(session, [row], slots, 0.5);
  const largest = plain.logits.reduce((most, logit) => Math.max(most, Math.abs(logit)), 1);
  const off = plain.logits.reduce((most, logit, id) => Math.max(most, Math.abs(logit - padded.logits[id]!)), 0);
  if (off > tolerance * largest) {
    throw new FaultError('MODEL_FOLDER_WRONG', `The model does not follow attention_mask and position_ids: masked slots behind the past change a logit by ${off.toPrecision(2)}.`, { hint: 'Export it with a causal mask made from attention_mask, and rotary positions from position_ids.' });
  }
}

async function pass(session: KvSession, rows: readonly ProbeRow[], slots: number, gap = 0): Promise<Forward> {
  const count = rows.length, width = rows[0]!.ids.length;
  const [ids, positions, mask] = [new Int64s(count * width), new Int64s(count * width), new Int64s(count * (slots + width))];
  const past = Array.from({ length: 2 * session.layers }, () => new Float32Array(count * session.kvHeads * slots * session.headDim));
  for (const [at, row] of rows.entries()) {
    const length = row.prefix.tokens;
    for (const [i, id] of row.ids.entries()) {
      ids.set(at * width + i, id);
      positions.set(at * width + i, length + i);
    }
    mask.fill(1, at * (slots + width), at * (slots + width) + length);
    mask.fill(1, at * (slots + width) + slots, (at + 1) * (slots + width));
    copyPrefix(session, row.prefix, past, at, slots);
  }
  if (gap !== 0) for (const side of past) for (let i = 0; i < side.length; i++) if (side[i] === 0) side[i] = gap;
  const input: ForwardInput = { rows: count, tokens: width, slots, ids, positions, mask, past };
  return session.run(input);
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [x, y] = [a, b].map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
  return x!.equals(y!);
}
