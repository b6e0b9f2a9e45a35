import { FaultError } from '@slowthink/faults';
import type { PolicyDescription, SampleReply, SampleRequest } from '@slowthink/models';
import { canonicalPieces } from './canonical-pieces.ts';
import { chooseWord } from './choose-word.ts';
import type { EngineStats } from './engine-types.ts';
import { openGraph } from './open-graph.ts';
import { readModelFolder } from './model-folder.ts';
import type { Dtype } from './dtypes.ts';
import { openTextModel } from './text-model.ts';
import { TextWatch } from './text-watch.ts';

export interface PolicyModelOptions {
  readonly dir: string;
  readonly model?: string;
  readonly dtype?: Dtype;
  readonly threads: number;
  readonly rowsMax: number;
  readonly kvBytesMax: number;
}

export interface PolicyModel {
  readonly description: PolicyDescription;
  /** One sentence: what was opened. */
  readonly opened: string;
  sample(request: SampleRequest, signal?: AbortSignal): Promise<SampleReply>;
  stats(): EngineStats;
  close(): Promise<void>;
}

/** A policy in this thread: text, tokens and the decode loop. Its thread is busy while it decodes; `onnxPolicy` puts it into a worker. Requests are checked before (see `checkRequest`). */
export async function openPolicyModel(options: PolicyModelOptions): Promise<PolicyModel> {
  const { threads, rowsMax, kvBytesMax } = options;
  const folder = await readModelFolder(options.dir, options.dtype);
  if (folder.scorer !== undefined) {
    throw new FaultError('MODEL_FOLDER_WRONG', `The model folder ${folder.dir} holds a step scorer (scorer.json), not a policy.`, { hint: 'Give it with --scorer, and a language model with --policy.' });
  }
  if (folder.data.length > 0) {
    throw new FaultError('MODEL_FOLDER_WRONG', `The model folder ${folder.dir} keeps weights outside the graph, in onnx/${folder.data[0]!}.`, {
      hint: 'Take a precision whose weights lie in the .onnx file itself (below 2 GB), or a model server: --policy openai:URL#MODEL.',
    });
  }
  const text = await openTextModel(folder);
  if (text.eos.size === 0) throw new FaultError('MODEL_FOLDER_WRONG', `The model folder ${folder.dir} names no token that ends an answer.`, { hint: 'Put eos_token_id into generation_config.json.' });
  const { layers, kvHeads, headDim, vocab, contextTokens } = folder.config;
  const engine = await openGraph(folder, async () => {
    const [{ openKvSession }, { openEngine }] = await Promise.all([import('./engine/kv-session.ts'), import('./engine/open-engine.ts')]);
    return openEngine(await openKvSession({ file: folder.graph, layers, kvHeads, headDim, vocab, contextTokens, threads }), { rowsMax, kvBytesMax });
  });
  const alone = engine.stats().batchWidth === 1 && rowsMax > 1 ? '; one row at a time (its precision depends on the batch)' : '';
  const utf8 = new TextEncoder(), nothing = new Uint8Array(0);
  const written = text.bytesOf.map((bytes, id) => (text.eos.has(id) ? nothing : bytes)); // an end token is no text, whatever it looks like

  return {
    description: { model: options.model ?? folder.name, revision: folder.revision, contextTokens },
    opened: `${folder.dir}: ${folder.config.modelType} with ${layers} layers, ${folder.dtype}, revision ${folder.revision}, context ${contextTokens} tokens, on onnxruntime with ${threads} ${threads === 1 ? 'thread' : 'threads'}${alone}.`,
    sample: async (request, signal) => {
      const { messages, prefix, n, seed, sampling, stop, choices, logprobs = false } = request;
      if (choices !== undefined) return chooseWord({ text, engine, name: folder.name }, request, choices, signal);
      const prompt = text.tokenize(messages, prefix);
      const stops = stop.map((one) => utf8.encode(one)), watches: TextWatch[] = [];
      const watch = (sample: number) => (watches[sample] = new TextWatch(written, stops));
      const drawn = await engine.generate({ pieces: canonicalPieces(prompt, text.bytesOf), n, seed, sampling, eos: text.eos, watch, logprobs }, signal);
      return {
        samples: drawn.map((row, i) => ({ text: watches[i]!.text(), finish: row.finish, tokens: row.ids.length, ...(row.logprobs === undefined ? {} : { logprobs: row.logprobs }) })),
        usage: { requests: 1, samples: n, promptTokens: prompt.ids.length, completionTokens: drawn.reduce((sum, row) => sum + row.ids.length, 0) },
      };
    },
    stats: () => engine.stats(),
    close: () => engine.close(),
  };
}
