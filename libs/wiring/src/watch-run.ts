// Who watches a process: a meter that adds up, a progress display, and the lines that stay.
import { createMeter, createProgress, formatDuration, noPrices, type Lag, type Prices, type Snapshot } from '@slowthink/telemetry';
import type { Observer, StageState, WaitedFor } from '@slowthink/stream';
import { flows, type Flow } from './flows.ts';

/** What a watcher may ask of the stages while they run; `lag` asks the log. */
export interface Followed {
  readonly states: () => readonly StageState[];
  readonly lag: () => Promise<readonly Lag[]>;
}

export interface Watch {
  readonly observer: Observer;
  /** The stages run from now on. */
  follow(followed: Followed): void;
  snapshot(): Snapshot;
  log(message: string): void;
  stop(): void;
}

const faultLinesMax = 5; // of one code; the rest is counted

/** On a terminal a live block on stderr, elsewhere a JSON line every few seconds. Pauses, warnings and the first faults of each code are lines that stay. */
export function watchRun({ stream = process.stderr, flow = flows.run, prices = noPrices }: { readonly stream?: NodeJS.WriteStream; readonly flow?: Flow; readonly prices?: Prices } = {}): Watch {
  const meter = createMeter({ now: () => performance.now(), questionStage: flow.stages[0].name, prices });
  const interactive = stream.isTTY === true;
  const progress = createProgress({ stream, interactive, everyMs: interactive ? 250 : 5000, snapshot: () => meter.snapshot() });
  const faults = new Map<string, number>();
  const paused = new Set<WaitedFor>();
  const observer: Observer = (signal) => {
    meter.observer(signal);
    if (signal.kind === 'note') progress.log(signal.message);
    if (signal.kind === 'paused' && !paused.has(signal.of)) { paused.add(signal.of); progress.log(`Paused: ${signal.code} ${signal.message} Nothing is lost; next try in ${formatDuration(signal.retryInMs)}.`); }
    if (signal.kind === 'resumed' && paused.delete(signal.of)) progress.log(paused.size > 0 ? `The ${signal.of} is back after ${formatDuration(signal.afterMs)}; still waiting for the ${[...paused].join(' and the ')}.` : `Going on after ${formatDuration(signal.afterMs)}.`);
    if (signal.kind === 'fault') {
      const seen = (faults.get(signal.code) ?? 0) + 1;
      faults.set(signal.code, seen);
      if (seen <= faultLinesMax) progress.log(`Fault ${signal.code}: ${signal.message}${seen === faultLinesMax ? ' Further ones are only counted; "slowthink inspect faults" shows all.' : ''}`);
    }
  };
  return { observer, follow: () => {}, snapshot: () => meter.snapshot(), log: (message) => progress.log(message), stop: () => progress.stop() };
}
