// Loaded into a process before its own code, in each of its threads (NODE_OPTIONS=--import): ends or stops it at a point, or writes down every point it crosses.
//   KILL_AT="commit.made of rollout:3"   kill -9 as the point is crossed for the third time
//   KILL_SIGNAL=SIGSTOP                  stop it instead, after a line that says so on stderr
//   KILL_TRACE=FILE                      a line a crossing
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync, writeSync } from 'node:fs';
import { killPointChannel } from '@slowthink/faults';

const [, at, crossing] = /^(.+):(\d+)$/.exec(process.env['KILL_AT'] ?? '') ?? [];
const signal = (process.env['KILL_SIGNAL'] ?? 'SIGKILL') as NodeJS.Signals;
const trace = process.env['KILL_TRACE'];
let left = Number(crossing);

subscribe(killPointChannel, (crossed) => {
  if (trace !== undefined) appendFileSync(trace, `${String(crossed)}\n`);
  if (crossed !== at || --left !== 0) return;
  if (signal === 'SIGSTOP') writeSync(2, `stopped at ${at}\n`);
  process.kill(process.pid, signal);
});
