import { formatDuration } from '@slowthink/telemetry';

/** One line on a terminal that says what is waited for, and for how long; nothing anywhere else. */
export interface WaitingLine {
  say(what: string): void;
  /** Takes the line away. A second call does nothing. */
  end(): void;
}

const everyMs = 250;

/** Its timer keeps no process alive. */
export function waitingLine(stream: NodeJS.WriteStream): WaitingLine {
  if (!stream.isTTY) return { say: () => {}, end: () => {} };
  const began = performance.now();
  let text = '';
  const draw = (): void => { stream.write(`\r\u001b[K${`${text} … ${formatDuration(performance.now() - began)}`.slice(0, Math.max(1, (stream.columns || 80) - 1))}`); };
  const timer = setInterval(draw, everyMs);
  timer.unref();
  let over = false;
  return {
    say: (what) => { if (over) return; text = what; draw(); },
    end: () => { if (over) return; over = true; clearInterval(timer); stream.write('\r\u001b[K'); },
  };
}
