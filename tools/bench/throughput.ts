// npm run bench: requests/s of a whole run against a load-test server of fixed latency, beside a bare undici loop in the same run.
//   --trees N (256)  --seconds N (20, after warm-up)  --mock FILE (another server script)
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { Pool } from 'undici';
import { cpuSecondsOf } from './machine.ts';
import { makeQuestions, startLoadServer, startRun } from './processes.ts';
import { percent } from './tables.ts';

const latencyMs = 100;
const warmUpMs = 8000;
const { values } = parseArgs({ options: { trees: { type: 'string', default: '256' }, seconds: { type: 'string', default: '20' }, mock: { type: 'string' } } });
const seconds = Number(values.seconds);

interface Rate { readonly perSecond: number; readonly cpuMs: number }

/** Requests of about the same size in a loop: what the machine can do without a stream. */
async function bare(url: string, inFlight: number): Promise<Rate> {
  const pool = new Pool(url, { connections: inFlight });
  const prompt = 'word '.repeat(350);
  let [count, on] = [0, true];
  const worker = async (id: number): Promise<void> => {
    for (let seed = id; on; seed += inFlight) {
      const { body } = await pool.request({ path: '/v1/completions', method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'mock', prompt: `${prompt}Step 1:`, n: 4, seed, max_tokens: 100 }) });
      await body.json();
      count++;
    }
  };
  const before = process.cpuUsage();
  const start = performance.now();
  const workers = Array.from({ length: inFlight }, (_, id) => worker(id));
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const [done, ms] = [count, performance.now() - start];
  const { user, system } = process.cpuUsage(before);
  on = false;
  await Promise.all(workers);
  await pool.close();
  return { perSecond: done / ms * 1000, cpuMs: (user + system) / 1000 / done };
}

async function whole(url: string, inFlight: number, stats: () => Promise<{ readonly requests: number }>): Promise<Rate & { readonly open: number }> {
  const { folder, file } = makeQuestions(2000);
  const run = startRun(['--questions', file, '--dir', join(folder, `run-${inFlight}`), '--policy', `openai:${url}#mock`, '--in-flight', String(inFlight), '--trees', values.trees, '--drain', '5s']);
  await new Promise((resolve) => setTimeout(resolve, warmUpMs));
  const from = { at: performance.now(), requests: (await stats()).requests, cpu: cpuSecondsOf(run.child.pid!) };
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const to = { at: performance.now(), requests: (await stats()).requests, cpu: cpuSecondsOf(run.child.pid!) };
  run.child.kill('SIGKILL');
  await run.ended;
  const count = to.requests - from.requests;
  return { perSecond: count / (to.at - from.at) * 1000, cpuMs: (to.cpu - from.cpu) * 1000 / count, open: run.lines.at(-1)?.trees.open ?? 0 };
}

console.log(`latency ${latencyMs} ms, recipe meds3-v2, preset paper, ${seconds} s measured after ${warmUpMs / 1000} s\n`);
console.log('| in flight | ideal /s | bare undici /s | slowthink /s | of ideal | of bare | CPU ms a request, bare | slowthink | trees open |\n|---|---|---|---|---|---|---|---|---|');
let bound = true;
for (const [index, inFlight] of [64, 256].entries()) {
  const server = await startLoadServer(latencyMs, 8951 + index, values.mock);
  const plain = await bare(server.url, inFlight);
  const stream = await whole(server.url, inFlight, server.stats);
  server.stop();
  const ideal = inFlight / latencyMs * 1000;
  console.log(`| ${inFlight} | ${ideal} | ${plain.perSecond.toFixed(0)} | ${stream.perSecond.toFixed(0)} | ${percent(stream.perSecond / ideal)} | ${percent(stream.perSecond / plain.perSecond)} | ${plain.cpuMs.toFixed(2)} | ${stream.cpuMs.toFixed(2)} | ${stream.open} |`);
  if (inFlight === 64 && stream.perSecond < 0.8 * ideal) bound = false;
}
console.log(`\n64 in flight: at least 80 % of ideal ${bound ? 'holds' : 'does NOT hold'}.`);
process.exitCode = bound ? 0 : 1;
