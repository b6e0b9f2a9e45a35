// The yardstick of bench:pipeline: asks the same requests through undici and appends every answer to a file, with one fsync for all answers that wait together. No stream, no search, no grading.
//   node tools/bench/bare-client.ts URL IN_FLIGHT SECONDS BODIES_FILE OUT_FILE      prints { answered, seconds, cpuMs }
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Pool } from 'undici';

const [url = '', inFlight = '256', seconds = '8', bodiesFile = '', outFile = ''] = process.argv.slice(2);
const bodies = JSON.parse(readFileSync(bodiesFile, 'utf8')) as readonly string[];
const warmUpMs = 1500;
const pool = new Pool(url, { connections: Number(inFlight) });
const file = await open(outFile, 'a');
let waiting: string[] = [];
let syncing: Promise<void> | undefined;
let durable = 0;
let going = true;

/** Resolves when the answer is on the disk: whoever comes while a sync runs shares the next one. */
async function keep(answer: string): Promise<void> {
  waiting.push(`${answer}\n`);
  const mine = waiting;
  while (waiting === mine || syncing !== undefined) {
    if (syncing === undefined) {
      const batch = waiting;
      waiting = [];
      syncing = (async () => { await file.write(batch.join('')); await file.datasync(); durable += batch.length; })().finally(() => { syncing = undefined; });
    }
    await syncing;
  }
}

async function worker(id: number): Promise<void> {
  for (let turn = id; going; turn += Number(inFlight)) {
    const { body } = await pool.request({ path: '/v1/completions', method: 'POST', headers: { 'content-type': 'application/json' }, body: bodies[turn % bodies.length]! });
    const { choices } = JSON.parse(await body.text()) as { readonly choices: readonly { readonly text: string }[] };
    void keep(JSON.stringify(choices.map(({ text }) => text))); // as the stream does: the next request does not wait for the disk
  }
}

const workers = Array.from({ length: Number(inFlight) }, (_, id) => worker(id));
await new Promise((resolve) => setTimeout(resolve, warmUpMs));
const from = { at: performance.now(), durable, cpu: process.cpuUsage() };
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
const { user, system } = process.cpuUsage(from.cpu);
console.log(JSON.stringify({ answered: durable - from.durable, seconds: (performance.now() - from.at) / 1000, cpuMs: (user + system) / 1000 }));
going = false;
await Promise.all(workers);
await pool.close();
