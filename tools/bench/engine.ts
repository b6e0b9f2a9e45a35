// npm run bench:engine: the embedded engine beside transformers.js generate() on the same weights, in turns, in one process.
//   64 prefixes of 200 tokens x 8 samples of 64 tokens, temperature 1, no row ends early.
//   --llama-cpp: llama.cpp's server too, on the same weights as GGUF (fp32; needs Python, as npm run server does)   --alone: the engine only
//   --policy DIR (libs/seed-models/policy)  --threads N (2)  --rounds N (3)  --prefixes N (64)  --rows N (64)  --alone (the engine only)
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AutoModelForCausalLM, Tensor, env, type PreTrainedModel } from '@huggingface/transformers';
import type { Generation } from '../../libs/models-onnx/src/engine-types.ts';
import { openKvSession, sessionOptions } from '../../libs/models-onnx/src/engine/kv-session.ts';
import { openEngine, type OnnxEngine } from '../../libs/models-onnx/src/engine/open-engine.ts';
import { uniformAt } from '../../libs/models-onnx/src/engine/philox.ts';
import { openLlamaCpp, type LlamaCpp } from './llama-cpp.ts';

const root = resolve(import.meta.dirname, '../..');
const { values } = parseArgs({ options: { policy: { type: 'string' }, threads: { type: 'string', default: '2' }, rounds: { type: 'string', default: '3' }, prefixes: { type: 'string', default: '64' }, rows: { type: 'string', default: '64' }, alone: { type: 'boolean', default: false }, 'llama-cpp': { type: 'boolean', default: false } } });
const [threads, rounds, prefixes, rowsMax] = [values.threads, values.rounds, values.prefixes, values.rows].map(Number) as [number, number, number, number];
const dir = resolve(values.policy ?? [join(root, 'libs/seed-models/policy'), join(root, 'libs/models-onnx/src/testing/models/llama')].find((one) => existsSync(join(one, 'onnx/model.onnx')))!);
const config = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8')) as Record<string, number>;
const [prompt, samples, length] = [200, 8, 64];
const tokens = prefixes * samples * length;
const vocab = config['vocab_size']!;

interface Run { readonly ms: number; readonly detail?: ReturnType<OnnxEngine['stats']> }

/** A fresh prompt each round, so that nothing is cached from the round before: the pieces of a question and three steps. */
function promptOf(round: number, prefix: number): readonly (readonly number[])[] {
  const ids = Array.from({ length: prompt }, (_, i) => 4 + Math.floor(uniformAt(1000 * round + prefix, i) * (vocab - 4)));
  return [ids.slice(0, 110), ids.slice(110, 140), ids.slice(140, 170), ids.slice(170)];
}

async function runEngine(engine: OnnxEngine, round: number): Promise<Run> {
  const before = engine.stats(), began = performance.now();
  const generation = (prefix: number): Generation => ({
    pieces: promptOf(round, prefix), n: samples, seed: 100 * prefix, sampling: { temperature: 1, topK: 0, topP: 1, minP: 0, maxTokens: length }, eos: new Set(), watch: () => ({ push: () => false }), logprobs: false,
  });
  const replies = await Promise.all(Array.from({ length: prefixes }, (_, prefix) => engine.generate(generation(prefix))));
  const ms = performance.now() - began;
  check(replies.flat().reduce((sum, { ids }) => sum + ids.length, 0));
  const after = engine.stats();
  return { ms, detail: Object.fromEntries(Object.entries(after).map(([key, value]) => [key, value - before[key as keyof typeof before]])) as unknown as typeof after };
}

async function runTransformers(model: PreTrainedModel, round: number, batch: number): Promise<Run> {
  const rows = Array.from({ length: prefixes * samples }, (_, i) => promptOf(round, Math.floor(i / samples)).flat());
  const began = performance.now();
  let generated = 0;
  for (let from = 0; from < rows.length; from += batch) {
    const some = rows.slice(from, from + batch), shape = [some.length, prompt];
    const output = await model.generate({
      inputs: new Tensor('int64', BigInt64Array.from(some.flat(), BigInt), shape), attention_mask: new Tensor('int64', new BigInt64Array(some.length * prompt).fill(1n), shape),
      do_sample: true, temperature: 1, top_k: 0, max_new_tokens: length, eos_token_id: -1,
    } as Parameters<PreTrainedModel['generate']>[0]) as Tensor;
    generated += output.dims[0]! * (output.dims[1]! - prompt);
  }
  const ms = performance.now() - began;
  check(generated);
  return { ms };
}

async function runLlamaCpp(server: LlamaCpp, round: number): Promise<Run> {
  const began = performance.now();
  const generated = await server.draw(Array.from({ length: prefixes }, (_, prefix) => promptOf(round, prefix).flat()), samples, length);
  const ms = performance.now() - began;
  check(generated);
  return { ms };
}

function check(generated: number): void { if (generated !== tokens) throw new Error(`${generated} tokens came, ${tokens} were asked for`); }

const median = (runs: readonly Run[]): Run => runs.toSorted((a, b) => a.ms - b.ms)[runs.length >> 1]!;
const rate = ({ ms }: Run) => `${(ms / 1000).toFixed(2)} s, ${(tokens / ms * 1000).toFixed(0)} tokens/s`;
const share = (part: number, whole: number) => `${(part / whole * 100).toFixed(1)} %`;

const heads = config['num_attention_heads']!;
const session = await openKvSession({
  file: join(dir, 'onnx/model.onnx'), threads, layers: config['num_hidden_layers']!, kvHeads: config['num_key_value_heads'] ?? heads, headDim: config['head_dim'] ?? config['hidden_size']! / heads, vocab, contextTokens: config['max_position_embeddings']!,
});
const engine = await openEngine(session, { kvBytesMax: 2 ** 30, rowsMax });
console.log(`${dir}\n${prefixes} prefixes of ${prompt} tokens x ${samples} samples of ${length} tokens, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${rowsMax} rows, medians of ${rounds} runs in turns\n`);

let model: PreTrainedModel | undefined, batch = 64;
if (!values.alone) {
  env.allowRemoteModels = false;
  env.localModelPath = '/';
  model = await AutoModelForCausalLM.from_pretrained(dir, { dtype: 'fp32', device: 'cpu', local_files_only: true, session_options: sessionOptions(threads) });
  const tried: { readonly batch: number; readonly ms: number }[] = [];
  for (const one of [16, 32, 64, 128].filter((size) => size <= prefixes * samples)) tried.push({ batch: one, ms: (await runTransformers(model, 90 + one, one)).ms });
  batch = tried.toSorted((a, b) => a.ms - b.ms)[0]!.batch;
  console.log(`transformers.js, one run by batch size: ${tried.map((one) => `${one.batch}: ${(one.ms / 1000).toFixed(2)} s`).join(', ')}; ${batch} rows a batch below`);
}
const server = values['llama-cpp'] ? await openLlamaCpp(dir, { threads, slots: rowsMax, slotTokens: prompt + length + 8 }) : undefined;
await runEngine(engine, 99); // warm
const [ours, theirs, others]: [Run[], Run[], Run[]] = [[], [], []];
for (let round = 0; round < rounds; round++) {
  ours.push(await runEngine(engine, round));
  if (model !== undefined) theirs.push(await runTransformers(model, round, batch));
  if (server !== undefined) others.push(await runLlamaCpp(server, round));
}
await server?.close();
const mine = median(ours), detail = mine.detail!;
console.log(`engine:          ${rate(mine)}`);
if (model !== undefined) {
  const other = median(theirs);
  console.log(`transformers.js: ${rate(other)}\nratio:           ${(other.ms / mine.ms).toFixed(2)} (at least 2 asked for)`);
}
if (server !== undefined) {
  const other = median(others);
  console.log(`llama.cpp:       ${rate(other)}\nratio:           ${(other.ms / mine.ms).toFixed(2)}`);
}
const outside = mine.ms - detail.msInRuntime;
console.log(`outside onnxruntime: ${share(outside, mine.ms)} (at most 25 % asked for): sampling ${share(detail.msSampling, mine.ms)}, copying keys and values ${share(detail.msCopying, mine.ms)}, scheduling and tensors ${share(detail.msOutside - detail.msSampling - detail.msCopying, mine.ms)}, event loop ${share(outside - detail.msOutside, mine.ms)}`);
console.log(`${detail.decodeRuns} decode passes, ${detail.prefillRuns} passes over ${detail.prefilled} prompt tokens`);
await engine.close();
