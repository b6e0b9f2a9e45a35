import { setImmediate as nextTurn } from 'node:timers/promises';
import { FaultError } from '@slowthink/faults';
import type { PolicyIdentity, ScoreReply, ScoreRequest } from '@slowthink/models';
import type { Dtype } from './dtypes.ts';
import { readModelFolder, type ModelFolder } from './model-folder.ts';
import { openGraph } from './open-graph.ts';
import { openScorerSession, paddedLength } from './scorer-session.ts';
import { valueOf, type ScorerRow } from './scorer-row.ts';
import { joinForScoring, separatorEnds } from './step-positions.ts';
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
  const text = await openTextModel(folder);
  checkSeparator(folder, row, text);
  const session = await openGraph(folder, (runtime) => openScorerSession(runtime, folder, row, options.threads));
  const batches = await session.isNeutralToBatch();
  const { contextTokens } = folder.config;
  const waiting: Waiting[] = [];
  let running = false, closed = false;

  const prepare = ({ id, question, steps }: ScoreRequest) => {
    const tokens = text.tokenize([{ role: 'user', content: question }], joinForScoring(id, steps, row));
    if (tokens.ids.length > contextTokens) {
      throw new FaultError('MODEL_CONTEXT_EXCEEDED', `Request ${id}: question and steps have ${tokens.ids.length} tokens; the context of ${folder.name} is ${contextTokens}.`, {
        hint: 'Use a scorer with a longer context; steps are never cut off.',
      });
    }
    const ends = separatorEnds(tokens, text.bytesOf, row.separator);
    if (ends?.length !== steps.length) throw noSeparator(folder, row);
    return { ids: tokens.ids, length: paddedLength(tokens.ids.length, contextTokens), ends: ends.slice(1) };
  };

  const nextBatch = (): Waiting[] => {
    const first = waiting[0]!, rowsMax = batches ? Math.max(1, Math.floor(BATCH_TOKENS_MAX / first.length)) : 1;
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
        for (const [b, one] of batch.entries()) one.resolve({ values: one.ends.map((at) => valueOf(row, logits(b, at))), usage: { requests: 1, promptTokens: one.ids.length, completionTokens: 0 } });
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

/** MODEL_FOLDER_WRONG where the tokenizer has no token that ends with the separator: there would be no place to read a value at. */
function checkSeparator(folder: ModelFolder, row: ScorerRow, text: TextModel): void {
  const steps = ["Let's begin.", '12 kg x 5 mg = 60 mg.', 'The answer is 60 mg.'];
  const tokens = text.tokenize([{ role: 'user', content: 'How many mg?' }], joinForScoring('opening', steps, row));
  if (separatorEnds(tokens, text.bytesOf, row.separator)?.length !== steps.length) throw noSeparator(folder, row);
}

const noSeparator = (folder: ModelFolder, { separator }: ScorerRow): FaultError =>
  new FaultError('MODEL_FOLDER_WRONG', `The tokenizer of ${folder.dir} has no token that ends with the step separator ${JSON.stringify(separator)}, or one that runs over it: the value of a step has no place.`, {
    hint: 'Use the tokenizer that the scorer was trained with, and its separator in scorer.json.',
  });
