import type { InferenceSession } from 'onnxruntime-node';
import { FaultError } from '@slowthink/faults';
import type { ScorerRow } from '@slowthink/models';
import { sessionOptions } from './engine/kv-session.ts';
import type { Runtime } from './load-runtime.ts';
import type { ModelFolder } from './model-folder.ts';

export interface ScorerSession {
  /** One pass over rows padded on the right to `length` tokens; all the logits of row b at position t: those of the labels, or one a word of the vocabulary. */
  run(rows: readonly (readonly number[])[], length: number): Promise<(b: number, t: number) => Float32Array>;
  /** Whether a row has bitwise the same logits alone and in a batch, by trial. */
  isNeutralToBatch(): Promise<boolean>;
  /** MODEL_TOKENIZER_WRONG where the graph has no embedding for the highest token id. */
  checkEmbedding(): Promise<void>;
  close(): Promise<void>;
}

const PADDING = 16; // tokens: at multiples of 16 padding is bitwise neutral on the CPU
const INPUTS = ['input_ids', 'attention_mask', 'position_ids'] as const;

/** The length that a trajectory of so many tokens is computed at. */
export const paddedLength = (tokens: number, contextTokens: number): number => Math.min(Math.ceil(tokens / PADDING) * PADDING, contextTokens);

/** Opens a graph of shape: input_ids, attention_mask and, where it wants them, position_ids i64 [B, S] to logits f32 [B, S, row.logits], of a words head [B, S, V]. MODEL_FOLDER_WRONG: another shape, naming the input or output. */
export async function openScorerSession(runtime: Runtime, folder: ModelFolder, row: ScorerRow, threads: number): Promise<ScorerSession> {
  const session = await runtime.InferenceSession.create(folder.graph, { ...sessionOptions(threads), logSeverityLevel: 3 });
  try { checkShape(session, folder, row); } catch (error) { await session.release(); throw error; }
  const { vocab, contextTokens } = folder.config, wantsPositions = session.inputNames.includes('position_ids');

  const run = async (rows: readonly (readonly number[])[], length: number, quiet = false) => {
    const ids = new BigInt64Array(rows.length * length), mask = new BigInt64Array(ids.length), positions = new BigInt64Array(ids.length);
    for (const [b, row] of rows.entries()) {
      for (let t = 0; t < length; t++) {
        ids[b * length + t] = BigInt(row[t] ?? 0);
        mask[b * length + t] = t < row.length ? 1n : 0n;
        positions[b * length + t] = BigInt(t);
      }
    }
    const tensor = (data: BigInt64Array) => new runtime.Tensor('int64', data, [rows.length, length]);
    const feeds = { input_ids: tensor(ids), attention_mask: tensor(mask), ...(wantsPositions ? { position_ids: tensor(positions) } : {}) };
    const { logits } = await session.run(feeds, quiet ? { logSeverityLevel: 4 } : {});
    const data = logits!.data as Float32Array, wide = logits!.dims[2]!;
    return (b: number, t: number) => data.subarray((b * length + t) * wide, (b * length + t + 1) * wide);
  };

  const isNeutralToBatch = async () => {
    const length = paddedLength(3 * PADDING, contextTokens);
    const rows = Array.from({ length: 5 }, (_, b) => Array.from({ length: length - b }, (_, t) => (7 + 13 * b + 31 * t * (b + 1)) % vocab));
    const together = await run(rows, length);
    for (const [b, row] of rows.entries()) {
      const alone = await run([row], length);
      for (let t = 0; t < row.length; t++) if (together(b, t).some((logit, j) => !Object.is(logit, alone(0, t)[j]))) return false;
    }
    return true;
  };
  const checkEmbedding = async () => {
    try { await run([[vocab - 1]], paddedLength(1, contextTokens), true); } catch (cause) {
      throw new FaultError('MODEL_TOKENIZER_WRONG', `The graph ${folder.graph} cannot read the token ${vocab - 1}, the last one of vocab_size ${vocab} in config.json: its embedding has fewer rows than the tokenizer has tokens.`, { cause, hint: 'Tokenizer and model belong together: get both from the same place, or export the model again after tokens were added.' });
    }
  };
  return { run: (rows, length) => run(rows, length), isNeutralToBatch, checkEmbedding, close: () => session.release() };
}

function checkShape(session: InferenceSession, folder: ModelFolder, row: ScorerRow): void {
  const wrong = (what: string) => new FaultError('MODEL_FOLDER_WRONG', `The graph ${folder.graph} ${what}`, {
    hint: 'A step scorer takes input_ids, attention_mask and position_ids and gives logits; docs/model-folders.md has the shapes.',
  });
  const missing = INPUTS.find((name) => name !== 'position_ids' && !session.inputNames.includes(name)), extra = session.inputNames.find((name) => !(INPUTS as readonly string[]).includes(name));
  if (missing !== undefined) throw wrong(`lacks the input ${missing}.`);
  if (extra !== undefined) throw wrong(`wants the input ${extra}, which a step scorer does not have.`);
  const logits = session.outputMetadata.find(({ name }) => name === 'logits');
  if (logits === undefined) throw wrong('lacks the output logits.');
  const wide = row.head === 'words' ? folder.config.vocab : row.logits;
  if (!logits.isTensor || logits.type !== 'float32' || logits.shape.length !== 3 || logits.shape[2] !== wide) {
    throw wrong(`gives logits of ${logits.isTensor ? `${logits.type} [${logits.shape.join(', ')}]` : 'another kind'}; scorer.json says float32 [batch, tokens, ${wide}].`);
  }
}
