import { createLogUpdate } from 'log-update';

/** What is shown while something goes on: a block that is drawn over on a terminal, JSON lines elsewhere; lines that stay in both. */
export interface Display {
  /** Writes one line that stays: above the live block on a terminal, between the JSON lines elsewhere. */
  log(message: string): void;
  /** Ends the display: the live block is removed and the cursor stands where it began; elsewhere a last line, `final: true`. A second call does nothing. */
  stop(): void;
}

export interface DisplayOptions {
  readonly stream: NodeJS.WriteStream;
  /** A live block that is drawn over; else JSON lines. */
  readonly interactive: boolean;
  /** Between two redraws (some 250) or two JSON lines (some 5000). */
  readonly everyMs: number;
  /** Lines of the live block, each of `columns` at most. */
  readonly lines: (columns: number) => readonly string[];
  /** What a JSON line says beside `type` and `final`. */
  readonly record: () => object;
}

const firstLineMs = 1000; // a log reader sees life early, however far apart the lines are

/** Shows what goes on. Its timers keep no process alive. */
export function createDisplay(options: DisplayOptions): Display {
  return options.interactive ? liveDisplay(options) : lineDisplay(options);
}

function liveDisplay({ stream, everyMs, lines }: DisplayOptions): Display {
  const update = createLogUpdate(stream, { showCursor: true }); // hiding it would need signal handlers of its own, beside those that drain the run
  let stopped = false;
  const draw = (): void => update(lines(Math.max(1, (stream.columns || 80) - 1)).join('\n')); // the last column stays free: some terminals wrap there
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

function lineDisplay({ stream, everyMs, record }: DisplayOptions): Display {
  let stopped = false;
  const line = (final: boolean): void => { stream.write(`${JSON.stringify({ type: 'progress', final, ...record() })}\n`); };
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

const endLine = (message: string): string => (message.endsWith('\n') ? message : `${message}\n`);
