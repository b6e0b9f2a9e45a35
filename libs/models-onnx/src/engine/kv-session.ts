import { readFile } from 'node:fs/promises';
import { FaultError } from '@slowthink/faults';
import type { InferenceSession } from 'onnxruntime-node';
import { loadRuntime } from '../load-runtime.ts';
import { addedNames, addedOutputs, sidesOf } from './added-outputs.ts';
import type { Int64s } from './int64s.ts';

export interface KvGeometry {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocab: number;
  readonly contextTokens: number;
}

export interface KvSessionOptions extends KvGeometry {
  readonly file: string; // one .onnx file, weights inside
  readonly threads: number;
}

/** One pass over `rows` rows of one shape. Every array may be longer than the shape asks for. */
export interface ForwardInput {
  readonly rows: number; // B
  readonly tokens: number; // S, new tokens a row
  readonly slots: number; // T, past slots a row, 0..
  readonly ids: Int64s; // [B, S]
  readonly positions: Int64s; // [B, S]
  readonly mask: Int64s; // [B, T + S], 1: attended to
  readonly past: readonly Float32Array[]; // key of layer 0, value of layer 0, key of layer 1 …: [B, kvHeads, T, headDim] each
}

export interface Forward {
  readonly logits: Float32Array; // [B, S, vocab]
  readonly added: readonly Float32Array[]; // keys and values of the new tokens, in the order of `past`: [B, kvHeads, S, headDim] each
  readonly ms: number; // in onnxruntime, its copies included
}

export interface KvSession extends KvGeometry {
  /** Blocks this thread while onnxruntime computes; the event loop takes one turn before. */
  run(input: ForwardInput): Promise<Forward>;
  close(): Promise<void>;
}

/** Bytes that the keys and values of one token take. */
export function bytesPerToken({ layers, kvHeads, headDim }: KvGeometry): number { return 2 * layers * kvHeads * headDim * Float32Array.BYTES_PER_ELEMENT; }

/** Threads that wait do not spin: on two cores that others use too, two spinning threads drew 1.8 tokens/ms, two that sleep 3.7. */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return { intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all', extra: { session: { intra_op: { allow_spinning: '0' } } } };
}

/**
 * Opens a decoder graph on the CPU. The file is read once, with outputs for the new keys and values appended (see `addedOutputs`).
 * MODEL_FOLDER_WRONG: an input or output is missing, foreign or of another type or size, each named. MODEL_RUNTIME_MISSING: no onnxruntime for this system. What onnxruntime says of a damaged file is thrown as it is.
 */
export async function openKvSession({ file, threads, ...geometry }: KvSessionOptions): Promise<KvSession> {
  const { InferenceSession, Tensor } = await loadRuntime();
  const { layers, kvHeads, headDim, vocab } = geometry;
  const options: InferenceSession.SessionOptions = { ...sessionOptions(threads), logSeverityLevel: 3 };
  const session = await open();
  const pastNames = sidesOf(layers).map((side) => `past_key_values.${side}`), added = addedNames(layers), asked = ['logits', ...added];

  async function open(): Promise<InferenceSession> {
    const bytes = await readFile(file);
    try {
      const opened = await InferenceSession.create(Buffer.concat([bytes, addedOutputs(layers)]), options);
      checkGraph(opened, file, geometry);
      return opened;
    } catch (error) {
      if (error instanceof FaultError) throw error;
      const plain = await InferenceSession.create(bytes, options); // what was appended may name inputs and outputs that the graph lacks: look at it as it is
      checkGraph(plain, file, geometry);
      throw error;
    }
  }

  return {
    ...geometry,
    async run({ rows, tokens, slots, ids, positions, mask, past }) {
      const int64 = ({ values }: Int64s, ...shape: readonly [number, number]) => new Tensor('int64', values.subarray(0, shape[0] * shape[1]), shape);
      const feeds: Record<string, InstanceType<typeof Tensor>> = { input_ids: int64(ids, rows, tokens), attention_mask: int64(mask, rows, slots + tokens), position_ids: int64(positions, rows, tokens) };
      const shape = [rows, kvHeads, slots, headDim], size = rows * kvHeads * slots * headDim;
      for (const [i, name] of pastNames.entries()) feeds[name] = new Tensor('float32', past[i]!.subarray(0, size), shape);
      let began = 0;
      setImmediate(() => { began = performance.now(); }); // onnxruntime-node computes in the next immediate callback: what the event loop does before is not its time
      const outputs = await session.run(feeds, asked);
      const ms = performance.now() - began;
      const data = (name: string) => outputs[name]!.data as Float32Array;
      const logits = data('logits');
      if (logits.length !== rows * tokens * vocab) throw new FaultError('MODEL_FOLDER_WRONG', `${file} gives ${logits.length / rows / tokens} logits a token; config.json says vocab_size ${vocab}.`);
      return { logits, added: added.map(data), ms };
    },
    close: () => session.release(),
  };
}

interface Port { readonly name: string; readonly type: string; readonly shape: readonly (number | string | undefined)[] } // undefined: any size

function checkGraph({ inputMetadata, outputMetadata }: InferenceSession, file: string, { layers, kvHeads, headDim, vocab }: KvGeometry): void {
  const sides = sidesOf(layers);
  const kv = (prefix: string): Port[] => sides.map((side) => ({ name: `${prefix}.${side}`, type: 'float32', shape: [undefined, kvHeads, undefined, headDim] }));
  const int64 = (name: string): Port => ({ name, type: 'int64', shape: [undefined, undefined] });
  checkPorts('input', inputMetadata, [int64('input_ids'), int64('attention_mask'), int64('position_ids'), ...kv('past_key_values')], file, () => true);
  checkPorts('output', outputMetadata, [{ name: 'logits', type: 'float32', shape: [undefined, undefined, vocab] }, ...kv('present')], file, (name) => name.startsWith('present.'));
}

function checkPorts(kind: 'input' | 'output', found: readonly InferenceSession.ValueMetadata[], wanted: readonly Port[], file: string, isForeign: (name: string) => boolean): void {
  const wrong = (what: string) => new FaultError('MODEL_FOLDER_WRONG', `The graph ${file} ${what}.`);
  for (const { name, type, shape } of wanted) {
    const port = found.find((one) => one.name === name);
    if (port === undefined) throw wrong(`has no ${kind} ${name} (its ${kind}s: ${listOf(found.map((one) => one.name))})`);
    if (!port.isTensor || port.type !== type) throw wrong(`has ${port.isTensor ? port.type : 'no tensor'} as ${kind} ${name}; the engine reads and writes ${type}`);
    if (port.shape.length !== 0 && (port.shape.length !== shape.length || shape.some((size, i) => size !== undefined && typeof port.shape[i] === 'number' && port.shape[i] !== size))) {
      throw wrong(`has shape [${port.shape.join(', ')}] at ${kind} ${name}; config.json says [${shape.map((size) => size ?? 'any').join(', ')}]`);
    }
    const fixed = port.shape.findIndex((size, i) => shape[i] === undefined && typeof size === 'number');
    if (fixed >= 0) throw wrong(`fixes axis ${fixed} of ${kind} ${name} at ${port.shape[fixed]}; it must be free`);
  }
  const foreign = found.find(({ name }) => isForeign(name) && !wanted.some((one) => one.name === name));
  if (foreign !== undefined) throw wrong(`has an ${kind} ${foreign.name} that the engine does not know`);
}

function listOf(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 6).join(', ')} … ${names.length} in all` : names.join(', ');
}
