// npm run bench:evaluate-load: how busy an evaluation keeps a model server of 100 ms a request: 16 candidates in one request, values from a recording.
//   --count N (3,000 made items)  --items FILE… (instead)  --mock FILE (another server script)  --in-flight N (64)
// Printed: busyMs / (in flight x wallMs) by the server's /stats over the middle 80 % of the requests.
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { VerdictsRecord } from '@slowthink/records';
import { makeQuestions, slowthink, startLoadServer, startRun, type LoadStats } from './processes.ts';
import { percent } from './tables.ts';

const latencyMs = 100;
const { values } = parseArgs({ options: { count: { type: 'string', default: '3000' }, items: { type: 'string', multiple: true }, mock: { type: 'string' }, 'in-flight': { type: 'string', default: '64' } } });
const inFlight = Number(values['in-flight']);
const items = values.items ?? [makeQuestions(Number(values.count)).file];
const folder = mkdtempSync(join(tmpdir(), 'slowthink-evaluate-load-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const common = (dir: string, url: string): readonly string[] => ['--items', ...items, '--dir', dir, '--policy', `openai:${url}#mock@1`, '--in-flight', String(inFlight), '-n', '16'];

/** Every candidate of a first evaluation with a made value a step: what a real scorer would have said is not asked here. */
async function record(from: string, path: string): Promise<void> {
  writeFileSync(path, '');
  for await (const line of createInterface({ input: createReadStream(from) })) {
    const item = JSON.parse(line) as VerdictsRecord;
    const candidates = item.candidates.map((candidate) => ({ ...candidate, values: candidate.steps.map((_, step) => ((candidate.seed + step) % 97) / 97) }));
    await appendFile(path, `${JSON.stringify({ ...item, scorer: { model: 'made', revision: '1' }, candidates })}\n`);
  }
}

const first = await startLoadServer(0, 0, values.mock);
await slowthink(['evaluate', ...common(join(folder, 'first'), first.url), '--scorer', 'none', '--draws', '100', '--rules', 'maj']);
first.stop();
const recording = join(folder, 'recorded.jsonl');
await record(join(folder, 'first/results/items.jsonl'), recording);

const server = await startLoadServer(latencyMs, 0, values.mock);
const stats = server.stats as () => Promise<LoadStats & { readonly busyMs: number; readonly wallMs: number }>;
const run = startRun([...common(join(folder, 'second'), server.url), '--scorer', `recorded:${recording}`, '--draws', '100', '--rules', 'maj'], 'evaluate');
const seen: { readonly requests: number; readonly busyMs: number; readonly wallMs: number }[] = [];
let over = false;
void run.ended.then(() => { over = true; });
while (!over) { seen.push(await stats()); await sleep(100); }
const total = seen.at(-1)!.requests;
const from = seen.findLast(({ requests }) => requests <= 0.1 * total)!, to = seen.find(({ requests }) => requests >= 0.9 * total)!;
server.stop();
console.log(`${total} requests of 16 and 1 candidates, ${latencyMs} ms each, ${inFlight} in flight: the server was busy for ${percent((to.busyMs - from.busyMs) / (inFlight * (to.wallMs - from.wallMs)))} of its places in the middle 80 % of the requests.`);
process.exitCode = await run.ended;
