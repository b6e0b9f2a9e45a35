// node tools/bench/engine-identity.ts: the same requests alone, all at once, interleaved with cancelled ones on few rows, in little memory, and in another process. Prints how many replies differ: 0, or exit code 1.
//   --count N (10000)  --policy DIR (libs/models-onnx/src/testing/models/llama)  --graph NAME (model; model_quantized)  --threads N (1)
import { createHash } from 'node:crypto';
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Generation } from '../../libs/models-onnx/src/engine-types.ts';
import { bytesForOneRow } from '../../libs/models-onnx/src/engine/make-room.ts';
import { openEngine, type EngineOptions, type OnnxEngine } from '../../libs/models-onnx/src/engine/open-engine.ts';
import { openFolderSession } from '../../libs/models-onnx/src/engine/testing/open-fixture.ts';
import { randomGenerations } from '../../libs/models-onnx/src/engine/testing/random-generations.ts';

const { values } = parseArgs({ options: { count: { type: 'string', default: '10000' }, policy: { type: 'string', default: join(import.meta.dirname, '../../libs/models-onnx/src/testing/models/llama') }, graph: { type: 'string', default: 'model' }, threads: { type: 'string', default: '1' }, elsewhere: { type: 'boolean', default: false } } });
const [count, threads, dir] = [Number(values.count), Number(values.threads), resolve(values.policy)];
const vocab = (JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8')) as { vocab_size: number }).vocab_size;
const generations = randomGenerations(count, 123_456, { vocab, tokensMax: 24, samplesMax: 2 });

const ask = async (engine: OnnxEngine, generation: Generation) => createHash('sha256').update(JSON.stringify(await engine.generate(generation))).digest('hex');
const together = (engine: OnnxEngine) => Promise.all(generations.map((one) => ask(engine, one)));

async function onNewEngine({ little = false, ...options }: Partial<EngineOptions> & { readonly little?: boolean }, use: (engine: OnnxEngine) => Promise<readonly string[]>): Promise<readonly string[]> {
  const session = await openFolderSession(dir, { graph: values.graph, threads, contextTokens: 512 });
  const engine = await openEngine(session, { kvBytesMax: little ? 1.1 * bytesForOneRow(session) : 2 ** 28, ...options });
  const began = performance.now();
  const replies = await use(engine);
  const { generated, prefilled, reused, restarted, batchWidth } = engine.stats();
  if (!values.elsewhere) console.log(`  ${((performance.now() - began) / 1000).toFixed(0)} s, ${generated} tokens drawn, ${prefilled} prompt tokens computed, ${reused} reused, ${restarted} rows restarted, up to ${batchWidth} rows a pass`);
  await engine.close();
  return replies;
}

async function oneByOne(engine: OnnxEngine): Promise<readonly string[]> {
  const replies: string[] = [];
  for (const one of generations) replies.push(await ask(engine, one));
  return replies;
}

/** Backwards, in waves, with other requests between them that are cancelled at some point. */
async function interleaved(engine: OnnxEngine): Promise<readonly string[]> {
  const replies: string[] = [];
  const others = randomGenerations(count, 9, { vocab, tokensMax: 400 });
  for (let to = count; to > 0; to -= 100) {
    const controller = new AbortController();
    const wave = generations.slice(Math.max(0, to - 100), to).map((one, i) => {
      if (i % 5 === 0) engine.generate(others[to - 1 - i]!, controller.signal).catch(() => {});
      return ask(engine, one);
    });
    setTimeout(() => controller.abort(), to % 300 / 3);
    replies.unshift(...await Promise.all(wave));
  }
  return replies;
}

function inAnotherProcess(): Promise<readonly string[]> {
  const child = fork(import.meta.filename, ['--elsewhere', '--count', values.count, '--policy', dir, '--graph', values.graph, '--threads', values.threads]);
  return new Promise((done, failed) => {
    child.on('message', (replies) => { done(replies as readonly string[]); });
    child.on('exit', (code) => { if (code !== 0) failed(new Error(`the other process ended with ${code}`)); });
  });
}

if (values.elsewhere) {
  const replies = await onNewEngine({}, together);
  process.send!(replies, () => { process.disconnect(); });
} else {
  console.log(`${dir} ${values.graph}, ${count} requests\nalone`);
  const alone = await onNewEngine({}, oneByOne);
  let differences = 0;
  for (const [name, replies] of [
    ['all at once', () => onNewEngine({}, together)],
    ['interleaved with cancelled requests, 8 rows', () => onNewEngine({ rowsMax: 8 }, interleaved)],
    ['all at once, 3 rows, little memory', () => onNewEngine({ rowsMax: 3, little: true }, together)],
    ['after a restart, in another process', inAnotherProcess],
  ] as const) {
    console.log(name);
    const found = await replies();
    const differ = found.filter((reply, i) => reply !== alone[i]).length + Math.abs(found.length - alone.length);
    console.log(`  ${differ} of ${count} differ`);
    differences += differ;
  }
  console.log(`\n${differences} differences`);
  process.exitCode = differences === 0 ? 0 : 1;
}
