// One process of npm run bench:restore on a folder. Arguments: write DIR OPEN CLOSED ANSWERS | open DIR | snapshot DIR RECORDS; the last two print one line of JSON.
import { setFlagsFromString } from 'node:v8';
import { expand } from '@slowthink/app-expand';
import type { Broker } from '@slowthink/broker';
import { openSqliteBroker } from '@slowthink/broker-sqlite';
import type { Policy } from '@slowthink/models';
import { bindStage, runStages } from '@slowthink/runtime';
import { Credits, silent } from '@slowthink/stream';
import { identity, search, writeLog } from './restore-log.ts';

setFlagsFromString('--heap-growing-percent=25'); // as the program does
const [what, dir, ...numbers] = process.argv.slice(2) as [string, string, ...string[]];
const [first = 0, second = 0, third = 0] = numbers.map(Number);
const begun = performance.now();
const broker = await openSqliteBroker({ dir, mode: 'run' });

if (what === 'write') await writeLog(broker, first, second, third);
else {
  const records = await toRead(broker);
  const open = (await ownProgress(broker)).reduce((sum, { ledger }) => sum + ledger.open, 0);
  const trees = new Credits(open);
  const policy: Policy = { describe: async () => ({ ...identity, contextTokens: undefined }), sample: (_, signal) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })), close: async () => {} } as Policy;
  const setup = bindStage({ stage: expand, deps: { policy, identity, search, run: 'run', settingsHash: 'settings', seed: 1, snapshotRecords: what === 'snapshot' ? first : 1e9 }, credits: { trees, requests: new Credits(64) }, calls: ['requests'] });
  const running = await runStages([setup], { broker, observer: silent, commit: { records: 200, ms: 100, pendingMax: 400, giveUpMs: 0 }, admit: () => Promise.resolve(), until: 'follow', drainMs: 1000 });
  running.over.catch((error: unknown) => { throw error; });
  while (trees.held < open) await new Promise((resolve) => setTimeout(resolve, 5));
  const ms = performance.now() - begun;
  if (what === 'snapshot') while ((await toRead(broker)) === records || !(await settled(broker))) await new Promise((resolve) => setTimeout(resolve, 100));
  console.log(JSON.stringify({ open, ms, records, peakBytes: process.resourceUsage().maxRSS * 1024, left: await toRead(broker) }));
  running.stop();
  await running.over.catch(() => {});
}
await broker.close();
process.exit();

async function ownProgress(from: Broker) { return (await from.progress()).filter(({ stage }) => stage === 'expand'); }

/** Records of both topics from the restore points on, over all partitions. */
async function toRead(from: Broker): Promise<number> {
  const expansions = await from.ranges('expansions');
  return (await ownProgress(from)).reduce((sum, { partition, restore, positions }) => sum + expansions[partition]!.end - restore['expansions']! + positions['rollouts']!.next - restore['rollouts']!, 0);
}

/** Every rollout is read. */
async function settled(from: Broker): Promise<boolean> {
  const rollouts = await from.ranges('rollouts');
  return (await ownProgress(from)).every(({ partition, positions }) => positions['rollouts']!.next === rollouts[partition]!.end);
}
