import { styleText } from 'node:util';
import { createDisplay, type Display, type DisplayOptions } from './display.ts';
import { liveBlock } from './live-block.ts';
import type { Snapshot } from './snapshot.ts';

export type Progress = Display;

export interface ProgressOptions extends Pick<DisplayOptions, 'stream' | 'interactive' | 'everyMs'> {
  readonly snapshot: () => Snapshot;
}

/** Shows a run while it goes on. Its timers keep no process alive. */
export function createProgress({ snapshot, ...options }: ProgressOptions): Progress {
  const { stream } = options;
  return createDisplay({
    ...options,
    lines: (columns) => {
      const current = snapshot();
      const lines = liveBlock(current, columns);
      return lines.map((line, at) => (current.paused && at === lines.length - 1 ? styleText('yellow', line, { stream }) : line));
    },
    record: () => rounded(snapshot()),
  });
}

const rounded = (snapshot: Snapshot): Snapshot => ({
  ...snapshot, elapsedMs: Math.round(snapshot.elapsedMs), tokensPerSecond: oneDecimal(snapshot.tokensPerSecond), requests: { ...snapshot.requests, perSecond: oneDecimal(snapshot.requests.perSecond) },
  paused: snapshot.paused && { ...snapshot.paused, forMs: Math.round(snapshot.paused.forMs), retryInMs: Math.round(snapshot.paused.retryInMs) },
});
const oneDecimal = (value: number): number => Math.round(value * 10) / 10;
