import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Workplace } from '../../apps/slowthink/src/testing/command-line.ts';
import type { Command, Deployment, Place } from './deployment.ts';
import { describeFate, whole, type Fate, type Fates } from './fate.ts';
import { againMax } from './small-run.ts';

export interface Lived {
  readonly kills: number;
  readonly freezes: number;
  /** By name of the command, how long its first start lasted. */
  readonly lastedMs: { readonly [command: string]: number };
  /** Requests that may be asked again: a process that is frozen for longer than its session is as good as killed. */
  readonly againMax: number;
  /** A start ended before it came to the point it was to be killed at. */
  readonly missed: boolean;
  /** What went otherwise than fate and law say; empty when all is well. */
  readonly problems: readonly string[];
}

export interface LiveOptions {
  readonly fates: Fates;
  /** Every start writes the points it crosses to `FILE.COMMAND.START`, from 1 on. */
  readonly trace?: string;
  /** Looks at what a process that was killed has left, before the next one starts: problems. */
  readonly afterKill?: (fate: Fate) => Promise<readonly string[]>;
}

const startMs = 120_000; // no start of a small run takes longer
const killer = pathToFileURL(join(import.meta.dirname, 'die.ts')).href;

/** Gives the commands of a deployment until each has ended with exit 0, while fate does to them what it does. */
export async function live(workplace: Workplace, deployment: Deployment, place: Place, { fates, trace, afterKill = async () => [] }: LiveOptions): Promise<Lived> {
  let all: Lived = { kills: 0, freezes: 0, againMax: 0, lastedMs: {}, missed: false, problems: [] };
  for (const group of deployment.groups(place)) {
    const lived = await Promise.all(group.map((command) => repeat(workplace, command, fates[command.name] ?? [], trace, afterKill)));
    all = [all, ...lived].reduce((sum, one) => ({ kills: sum.kills + one.kills, freezes: sum.freezes + one.freezes, againMax: sum.againMax + one.againMax, lastedMs: { ...sum.lastedMs, ...one.lastedMs }, missed: sum.missed || one.missed, problems: [...sum.problems, ...one.problems] }));
    if (all.missed || all.problems.length > 0) break; // the next group would only say the same again
  }
  return all;
}

async function repeat(workplace: Workplace, command: Command, fates: readonly Fate[], trace: string | undefined, afterKill: NonNullable<LiveOptions['afterKill']>): Promise<Lived> {
  const problems: string[] = [];
  let [kills, freezes, lastedMs] = [0, 0, 0];
  let missed = false;
  const lived = (...unlike: readonly string[]): Lived => ({ kills, missed, freezes, againMax: (kills + freezes) * command.asking * againMax, lastedMs: { [command.name]: lastedMs }, problems: [...problems, ...unlike] });
  for (let start = 1; ; start++) {
    const fate = fates[start - 1] ?? whole;
    const began = performance.now();
    const { code, killed, frozen, late, stderr } = await begin(workplace, command, fate, trace === undefined ? undefined : `${trace}.${command.name}.${start}`);
    if (start === 1) lastedMs = performance.now() - began;
    const who = `${command.name}, start ${start} (${describeFate(fate)})`;
    if (late) return lived(`${who} did not end within ${startMs / 1000} s: ${tail(stderr)} ${stderr.trimEnd().split('\n').at(-1)}`);
    if (frozen) freezes++;
    if (killed) { kills++; problems.push(...await afterKill(fate)); continue; }
    if (code !== 0) return lived(`${who} ended with ${code ?? 'a signal'}: ${tail(stderr)}`);
    if ((fate.kind === 'at' && fate.whoever === undefined) || (fate.kind === 'frozen' && !frozen)) { missed = true; return lived(`${who} never came there.`); }
    if (start >= fates.length) return lived();
  }
}

async function begin(workplace: Workplace, { args, env }: Command, fate: Fate, trace: string | undefined): Promise<{ readonly code: number | null; readonly killed: boolean; readonly frozen: boolean; readonly late: boolean; readonly stderr: string }> {
  const atPoint = fate.kind === 'at' || fate.kind === 'frozen';
  const running = workplace.start(args, {
    ...env, ...(atPoint || trace !== undefined ? { NODE_OPTIONS: `--import ${killer}` } : {}), ...(atPoint ? { KILL_AT: `${fate.point}:${fate.crossing}`, KILL_SIGNAL: fate.kind === 'at' ? 'SIGKILL' : 'SIGSTOP' } : {}), ...(trace === undefined ? {} : { KILL_TRACE: trace }),
  });
  let [late, frozen] = [false, false];
  const timers = [setTimeout(() => { late = true; running.kill('SIGKILL'); }, startMs)];
  if (fate.kind === 'after') timers.push(setTimeout(() => running.kill('SIGKILL'), fate.ms));
  if (fate.kind === 'frozen') running.says(`stopped at ${fate.point}`).then(() => { frozen = true; timers.push(setTimeout(() => running.kill('SIGCONT'), fate.forMs)); }, () => {}); // it may end before
  const { code, stderr } = await running.ended;
  for (const timer of timers) clearTimeout(timer);
  return { code, killed: code === null && !late && (fate.kind === 'at' || fate.kind === 'after'), frozen, late, stderr };
}

/** What a process said last, its progress lines left out. */
const tail = (stderr: string): string => stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{"type":"progress"')).slice(-6).join(' | ');
