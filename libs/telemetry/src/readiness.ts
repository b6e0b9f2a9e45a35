// Whether a process does its work now, and if not, what it waits for. Alive is another question: a process that waits for a slow model is alive (health-server.ts).
import { faultTable } from '@slowthink/faults';
import type { Observer, StageState, WaitedFor } from '@slowthink/stream';

/** One thing that is waited for. It holds no message of a fault: messages quote servers and addresses, and a port may be open to many. */
export interface Wait {
  readonly of: string; // start, stage NAME, policy, scorer, grader, log, end
  readonly why: string;
  readonly code?: string; // of the fault that began a pause
  readonly forSeconds?: number;
  readonly retryInSeconds?: number;
}

export interface ReadinessReport {
  readonly ready: boolean;
  /** starting, running, paused, draining, ending (all stages are over: a seal, the end of the process). */
  readonly state: 'starting' | 'running' | 'paused' | 'draining' | 'ending';
  readonly waitsFor: readonly Wait[]; // empty when ready
  readonly stages: readonly StageState[];
}

export interface Readiness {
  readonly observer: Observer;
  /** From now on the process has stages. */
  follow(states: () => readonly StageState[]): void;
  report(): ReadinessReport;
  /** Who is waited for in a pause. */
  paused(): ReadonlySet<WaitedFor>;
}

/** Ready: every stage has joined, all partitions it owns run, and nobody is waited for. `now`: milliseconds, never going back. */
export function createReadiness({ now }: { readonly now: () => number }): Readiness {
  const pauses = new Map<WaitedFor, { readonly code: string; readonly sinceMs: number; readonly untilMs: number }>();
  let states: (() => readonly StageState[]) | undefined;

  const observer: Observer = (signal) => {
    if (signal.kind === 'paused') pauses.set(signal.of, { code: signal.code, sinceMs: pauses.get(signal.of)?.sinceMs ?? now(), untilMs: now() + signal.retryInMs });
    if (signal.kind === 'resumed') pauses.delete(signal.of);
  };
  const waits = (): readonly Wait[] => [...pauses].map(([of, { code, sinceMs, untilMs }]) => ({ of, code, why: hintOf(code), forSeconds: seconds(now() - sinceMs), retryInSeconds: seconds(Math.max(0, untilMs - now())) }));

  const report = (): ReadinessReport => {
    const stages = states?.() ?? [];
    const paused = waits();
    const waiting = (state: ReadinessReport['state'], ...more: readonly Wait[]): ReadinessReport => ({ ready: false, state, waitsFor: [...more, ...paused], stages });
    if (states === undefined) return waiting('starting', { of: 'start', why: 'Questions are imported and the models are opened; no stage runs yet.' });
    if (stages.every(({ lifecycle }) => lifecycle === 'stopped')) return waiting('ending', { of: 'end', why: 'Every stage is over; the process ends, after a seal where one is due.' });
    if (stages.some(({ lifecycle }) => lifecycle === 'draining' || lifecycle === 'stopped')) return waiting('draining', { of: 'end', why: 'Nothing new is taken in; calls in flight are finished and committed.' });
    const starting = stages.filter(({ lifecycle }) => lifecycle === 'starting');
    if (starting.length > 0) return waiting('starting', ...starting.map(({ name, partitions, running }) => ({ of: `stage ${name}`, why: partitions === 0 ? 'It has no partition yet.' : `${running} of ${partitions} partitions run.` })));
    return paused.length > 0 ? waiting('paused') : { ready: true, state: 'running', waitsFor: [], stages };
  };
  return { observer, follow: (asked) => { states = asked; }, report, paused: () => new Set(pauses.keys()) };
}

const hintOf = (code: string): string => (faultTable as { readonly [code: string]: { readonly hint: string } | undefined })[code]?.hint ?? 'See the log of the process.';
const seconds = (ms: number): number => Math.round(ms / 1000);
