import { setImmediate as nextTurn } from 'node:timers/promises';
import { FaultError } from '@slowthink/faults';
import { layOutSteps, valueOf, type PolicyIdentity, type ScoreReply, type ScoreRequest, type ScorerRow } from '@slowthink/models';
import type { Dtype } from './dtypes.ts';
import { readModelFolder, type ModelFolder } from './model-folder.ts';
import { openGraph } from './open-graph.ts';
import { openScorerSession, paddedLength } from './scorer-session.ts';
import { findMarks } from './step-positions.ts';
import { openTextModel, type TextModel } from './text-model.ts';

export interface ScorerModelOptions {
  readonly dir: string;
  readonly model?: string;
  readonly dtype?: Dtype;
  readonly threads: number;
}

export interface ScorerModel {
  readonly description: PolicyIdentity;
  /** One sentence: what was opened. */
  readonly opened: string;
  score(request: ScoreRequest, signal?: AbortSignal): Promise<ScoreReply>;
  close(): Promise<void>;
}

const BATCH_TOKENS_MAX = 8192;
const BATCH_LOGITS_MAX = 2 ** 26; // 256 MB: a language model gives one a word of its vocabulary

interface Waiting {
  readonly ids: readonly number[];
  readonly length: number; // padded
  readonly ends: readonly number[];
  readonly resolve: (reply: ScoreReply) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A step scorer in this thread. A trajectory is one row, padded on the right to a length that depends on it alone; only rows of one length share a pass, so a value does not depend on what else is asked.
 * Where the graph itself is not neutral to the batch (dynamic int8), which is found out at opening, rows go one by one.
 */
export async function openScorerModel(options: ScorerModelOptions): Promise<ScorerModel> {
  const folder = await readModelFolder(options.dir, options.dtype);
  const row = folder.scorer;
  if (row === undefined) {
    throw new FaultError('MODEL_FOLDER_WRONG', `The model folder ${folder.dir} lacks scorer.json: it is no step scorer.`, {
      hint: 'Give a language model with --policy; docs/model-folders.md shows a scorer.json.',
    });
  }
  const text = await openTextModel(folder, row.turns);
  const marksOf = findMarks(row, text);
  if (marksOf === undefined) throw noMark(folder, row);
  const words = wordIds(folder, row, text);
  const read = ({ id, question, steps }: ScoreRequest) => {
    const { messages, pieces, unvalued } = layOutSteps({ id, question, steps }, row);
    const tokens = text.tokenize(messages, pieces.join('')), marks = marksOf(tokens);
    return { ids: tokens.ids, marks: marks?.length === pieces.length ? marks.slice(unvalued) : undefined };
  };
  if (read(opening).marks === undefined) throw noSeparator(folder, row);
  const session = await openGraph(folder, (runtime) => openScorerSession(runtime, folder, row, options.threads));
  let batches: boolean;
  try { await session.checkEmbedding(); batches = await session.isNeutralToBatch(); } catch (error) { await session.close(); throw error; }
  const { contextTokens } = folder.config;
  const batchTokensMax = words === undefined ? BATCH_TOKENS_MAX : Math.min(BATCH_TOKENS_MAX, BATCH_LOGITS_MAX / folder.config.vocab);
  const waiting: Waiting[] = [];
  let running = false, closed = false;

  const prepare = (request: ScoreRequest) => {
    const { ids, marks } = read(request);
    if (ids.length > contextTokens) {
      throw new FaultError('MODEL_CONTEXT_EXCEEDED', `Request ${request.id}: question and steps have ${ids.length} tokens; the context of ${folder.name} is ${contextTokens}.`, {
        hint: 'Use a scorer with a longer context; steps are never cut off.',
      });
    }
    if (marks === undefined) throw noSeparator(folder, row);
    return { ids, length: paddedLength(ids.length, contextTokens), ends: marks };
  };
  /** The logits of the row's labels or words, out of all at a position. */
  const chosen = (logits: Float32Array): ArrayLike<number> => (words === undefined ? logits : words.map((id) => logits[id]!));

  const nextBatch = (): Waiting[] => {
    const first = waiting[0]!, rowsMax = batches ? Math.max(1, Math.floor(batchTokensMax / first.length)) : 1;
    const batch = waiting.filter((one) => one.length === first.length).slice(0, rowsMax);
    for (const one of batch) waiting.splice(waiting.indexOf(one), 1);
    return batch;
  };

  const run = async () => {
    running = true;
    for (await nextTurn(); waiting.length > 0; await nextTurn()) {
      const batch = nextBatch();
      try {
        const logits = await session.run(batch.map(({ ids }) => ids), batch[0]!.length);
        for (const [b, one] of batch.entries()) one.resolve({ values: one.ends.map((at) => valueOf(row, chosen(logits(b, at)))), usage: { requests: 1, promptTokens: one.ids.length, completionTokens: 0 } });
      } catch (error) { for (const one of batch) one.reject(error); }
    }
    running = false;
  };

  return {
    description: { model: options.model ?? folder.name, revision: folder.revision },
    opened: `${folder.dir}: step scorer, ${folder.config.modelType} with ${folder.config.layers} layers, ${folder.dtype}, revision ${folder.revision}, ${batches ? 'trajectories of a length in one pass' : 'one trajectory a pass (its precision depends on the batch)'}.`,
    score: (request, signal) => new Promise((resolve, reject) => {
      if (closed) throw new FaultError('MODEL_SERVER_ERROR', `The scorer ${folder.name} is closed.`);
      signal?.throwIfAborted();
      const one: Waiting = { ...prepare(request), resolve, reject };
      if (one.ends.length === 0) return resolve({ values: [], usage: { requests: 0, promptTokens: 0, completionTokens: 0 } });
      signal?.addEventListener('abort', () => {
        const at = waiting.indexOf(one);
        if (at >= 0) waiting.splice(at, 1);
        reject(signal.reason);
      }, { once: true });
      waiting.push(one);
      if (!running) void run();
    }),
    close: async () => {
      closed = true;
      for (const one of waiting.splice(0)) one.reject(new FaultError('MODEL_SERVER_ERROR', `The scorer ${folder.name} was closed.`));
      while (running) await nextTurn();
      await session.close();
    },
  };
}

/** Tried at opening: a tokenizer that gives its steps no places gives them to none. */
const opening: ScoreRequest = { id: 'opening', question: 'How many mg?', steps: ["Let's begin.", '12 kg x 5 mg = 60 mg.', 'The answer is 60 mg.'] };

/** The token ids of the words whose logits are read; undefined for a head of labels. MODEL_TOKENIZER_WRONG: a word that is no token. */
function wordIds(folder: ModelFolder, { head, words }: ScorerRow, text: TextModel): readonly number[] | undefined {
  if (head === 'labels') return undefined;
  return words.map((word) => {
    const id = text.tokenOf(word, word);
    if (id === undefined) throw new FaultError('MODEL_TOKENIZER_WRONG', `The tokenizer of ${folder.dir} has no token for ${JSON.stringify(word)}, one of the words that scorer.json reads: it is not the tokenizer that this scorer was trained with.`, { hint: otherTokenizer });
    return id;
  });
}

const otherTokenizer = 'Use the tokenizer that the scorer was trained with, and its row in scorer.json (docs/model-folders.md).';

const noMark = (folder: ModelFolder, { mark }: ScorerRow): FaultError =>
  new FaultError('MODEL_TOKENIZER_WRONG', `The tokenizer of ${folder.dir} has no token ${JSON.stringify(mark)}, which marks the end of each step: it is not the tokenizer that this scorer was trained with.`, { hint: otherTokenizer });

const noSeparator = (folder: ModelFolder, { separator }: ScorerRow): FaultError =>
  new FaultError('MODEL_TOKENIZER_WRONG', `The tokenizer of ${folder.dir} has no token that ends with the step separator ${JSON.stringify(separator)}, or one that runs over it: the value of a step has no place.`, {
    hint: 'Use the tokenizer that the scorer was trained with, and its separator in scorer.json.',
  });
