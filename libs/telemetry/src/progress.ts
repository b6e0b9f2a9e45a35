import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import { liveBlock } from './live-block.ts';
import type { Snapshot } from './snapshot.ts';

export interface Progress {
  /** Writes one line that stays: above the live block on a terminal, between the JSON lines elsewhere. */
  log(message: string): void;
  /** Ends the display: the live block is removed and the cursor stands where it began; elsewhere a last line, `final: true`. A second call does nothing. */
  stop(): void;
}

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream;
  /** A live block that is drawn over; else JSON lines. */
  readonly interactive: boolean;
  /** Between two redraws (some 250) or two JSON lines (some 5000). */
  readonly everyMs: number;
  readonly snapshot: () => Snapshot;
}

const firstLineMs = 1000; // a log reader sees life early, however far apart the lines are

/** Shows a run while it goes on. Its timers keep no process alive. */
export function createProgress(options: ProgressOptions): Progress {
  return options.interactive ? liveProgress(options) : lineProgress(options);
}

function liveProgress({ stream, everyMs, snapshot }: ProgressOptions): Progress {
  const update = createLogUpdate(stream, { showCursor: true }); // hiding it would need signal handlers of its own, beside those that drain the run
  let stopped = false;
  const draw = (): void => {
    const current = snapshot();
    const lines = liveBlock(current, Math.max(1, (stream.columns || 80) - 1)); // the last column stays free: some terminals wrap there
    update(lines.map((line, at) => (current.paused && at === lines.length - 1 ? styleText('yellow', line, { stream }) : line)).join('\n'));
  };
  const timer = setInterval(draw, everyMs);
  timer.unref();
  draw();
  return {
    log(message) {
      if (!stopped) update.clear();
      stream.write(endLine(message));
      if (!stopped) draw();
    },
    stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      update.clear();
      update.done();
    },
  };
}

function lineProgress({ stream, everyMs, snapshot }: ProgressOptions): Progress {
  let stopped = false;
  const line = (final: boolean): void => { stream.write(`${JSON.stringify({ type: 'progress', final, ...rounded(snapshot()) })}\n`); };
  let timer = setTimeout(() => {
    line(false);
    timer = setInterval(() => line(false), everyMs);
    timer.unref();
  }, Math.min(firstLineMs, everyMs));
  timer.unref();
  return {
    log(message) { stream.write(endLine(message)); },
    stop() {
      if (stopped) return;
      stopped = true;
      clearTimeout(timer);
      line(true);
    },
  };
}

const rounded = (snapshot: Snapshot): Snapshot => ({
  ...snapshot, elapsedMs: Math.round(snapshot.elapsedMs), tokensPerSecond: oneDecimal(snapshot.tokensPerSecond), requests: { ...snapshot.requests, perSecond: oneDecimal(snapshot.requests.perSecond) },
  paused: snapshot.paused && { ...snapshot.paused, forMs: Math.round(snapshot.paused.forMs), retryInMs: Math.round(snapshot.paused.retryInMs) },
});
const oneDecimal = (value: number): number => Math.round(value * 10) / 10;
const endLine = (message: string): string => (message.endsWith('\n') ? message : `${message}\n`);
