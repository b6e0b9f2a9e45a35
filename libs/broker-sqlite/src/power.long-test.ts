// What --durability promises about the loss of power, seen from the system calls of a writing process (Linux with strace; skipped elsewhere, and said).
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Durability } from './format.ts';
import { freshDir } from './sample.fixture.ts';

const commits = 100;
const reason = process.platform !== 'linux' ? 'system calls are watched with strace, which is for Linux' : spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0 ? undefined : 'strace is not installed, or may not watch a process here';
if (reason !== undefined) console.log(`skipped: that the flush returns before a commit is reported (${reason})`);

type Call = 'write' | 'flushed' | 'reported';

/** Writes to the log file, flushes of it that have returned 0, and reports of commits, in the order in which the kernel was done with them, from the first report on. */
async function callsOf(durability: Durability): Promise<readonly Call[]> {
  const folder = freshDir();
  const trace = join(folder, 'trace');
  const fixture = fileURLToPath(new URL('./write-forever.fixture.ts', import.meta.url));
  const child = spawn('strace', ['-f', '-y', '-e', 'trace=fsync,fdatasync,pwrite64,write', '-o', trace, process.execPath, fixture, join(folder, 'run'), durability], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) if (Number(line) >= commits) break;
  process.kill(-child.pid!, 'SIGKILL'); // strace and the process it watches
  await exited;
  const calls: Call[] = [];
  const waiting = new Map<string, string>(); // a call of one thread that was interrupted in the trace, by thread
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    const [, thread, text] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (text === undefined) continue;
    if (text.endsWith('<unfinished ...>')) { waiting.set(thread!, text); if (!text.startsWith('write(1<')) continue; } // a report counts from its beginning, all else when it is done
    const begun = text.startsWith('<... ') ? waiting.get(thread!) ?? '' : text;
    if (/^write\(1<.*"\d+\\n"/.test(text)) calls.push('reported');
    else if (/^pwrite64\(\d+<[^>]*stream\.sqlite-wal>/.test(begun)) calls.push('write');
    else if (/^f(?:data)?sync\(\d+<[^>]*stream\.sqlite-wal>/.test(begun) && text.endsWith(' = 0')) calls.push('flushed');
  }
  return calls.slice(calls.indexOf('reported') + 1);
}

describe.skipIf(reason !== undefined)('a commit that is reported', () => {
  it('with durability power has been flushed to the disk: after its last write to the log file fsync has returned', async () => {
    const calls = await callsOf('power');
    const told = calls.flatMap((call, at) => (call === 'reported' ? [at] : []));
    expect(told.length).toBeGreaterThan(commits / 2);
    for (const at of told) {
      const before = calls.slice(0, at);
      expect(before.lastIndexOf('flushed')).toBeGreaterThan(before.lastIndexOf('write'));
    }
    expect(calls.filter((call) => call === 'flushed').length).toBeGreaterThanOrEqual(told.length); // one flush each at least: the process waits for a commit before it begins the next
  });

  it('with durability process is written and not flushed: it outlives the process, not the power', async () => {
    const calls = await callsOf('process');
    const told = calls.filter((call) => call === 'reported').length;
    expect(told).toBeGreaterThan(commits / 2);
    expect(calls.filter((call) => call === 'write').length).toBeGreaterThan(told);
    expect(calls.filter((call) => call === 'flushed').length).toBeLessThan(told / 5); // with checkpoints only
  });
});
