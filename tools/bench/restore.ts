// npm run bench:restore: how long expand takes to have its open trees again after a kill, and how much memory, on the embedded log, without snapshots and with them.
//   --open N… (1000 10000 open trees)  --closed N (3000 trees that came and went behind them)  --answers N (9 of the policy in each open tree)  --snapshot-records N (10000)  --times N (2)
// A fresh process opens the folder each time; the faster time counts. The snapshots are those that expand itself writes when it has restored the folder and goes on.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: {
  open: { type: 'string', multiple: true, default: ['1000', '10000'] }, closed: { type: 'string', default: '3000' }, answers: { type: 'string', default: '9' }, 'snapshot-records': { type: 'string', default: '10000' }, times: { type: 'string', default: '2' },
} });

interface Measured { readonly open: number; readonly ms: number; readonly records: number; readonly peakBytes: number }

function child(...args: readonly string[]): string {
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'restore-process.ts'), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`restore-process ${args.join(' ')} ended with ${status}`);
  return stdout;
}

const opened = (dir: string): Measured => Array.from({ length: Number(values.times) }, () => JSON.parse(child('open', dir)) as Measured).sort((a, b) => a.ms - b.ms)[0]!;

console.log('open trees  snapshots   log MB  records read       s  peak MB');
const print = ({ open, records, ms, peakBytes }: Measured, snapshots: string, dir: string): void =>
  console.log([String(open).padStart(10), snapshots.padEnd(9), (statSync(join(dir, 'stream.sqlite')).size / 1e6).toFixed(0).padStart(7), String(records).padStart(12), (ms / 1000).toFixed(2).padStart(6), (peakBytes / 1e6).toFixed(0).padStart(7)].join('  '));
let within = true;
for (const open of values.open) {
  const dir = mkdtempSync(join(tmpdir(), 'slowthink-bench-restore-'));
  try {
    child('write', dir, open, values.closed, values.answers);
    const without = opened(dir);
    print(without, 'without', dir);
    child('snapshot', dir, values['snapshot-records']);
    const snapshotted = opened(dir);
    print(snapshotted, 'with', dir);
    const ratio = (of: (measured: Measured) => number): string => (of(without) / of(snapshotted)).toFixed(1);
    console.log(`${open} open trees, without / with snapshots: records ${ratio(({ records }) => records)}, time ${ratio(({ ms }) => ms)}, peak memory ${ratio(({ peakBytes }) => peakBytes)}.`);
    within &&= without.peakBytes < 1e9 && snapshotted.peakBytes < 1e9;
  } finally { rmSync(dir, { recursive: true, force: true }); }
}
console.log(`Peak memory below 1 GB: ${within ? 'holds' : 'does NOT hold'}.`);
process.exitCode = within ? 0 : 1;
