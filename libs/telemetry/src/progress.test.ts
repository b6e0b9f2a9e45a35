import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMeter } from './meter.ts';
import { createProgress } from './progress.ts';

/** A terminal of unlimited height that understands the sequences a live block is drawn with; `rows()` is what a person sees. */
class FakeTerminal extends Writable {
  readonly isTTY: boolean;
  columns: number | undefined;
  written = '';
  #rows: string[] = [''];
  #row = 0;
  #column = 0;
  widest = 0;

  constructor(isTTY: boolean, columns?: number) { super({ decodeStrings: false }); this.isTTY = isTTY; this.columns = columns; }
  getColorDepth(): number { return 1; }
  rows(): readonly string[] { return this.#rows.map((row) => row.trimEnd()); }
  get cursor(): readonly [number, number] { return [this.#row, this.#column]; }

  override _write(chunk: string, _: BufferEncoding, done: () => void): void {
    this.written += chunk;
    for (const [token, parameter = '', action] of chunk.matchAll(/\x1b\[([?\d;]*)([A-Za-z])|[^]/gu)) { // oxlint-disable-line no-control-regex
      const count = parameter === '' ? 1 : Number(parameter);
      if (action === undefined) this.#put(token);
      else if (action === 'A') this.#row = Math.max(0, this.#row - count);
      else if (action === 'B') this.#row += count;
      else if (action === 'G') this.#column = count - 1;
      else if (action === 'K') this.#rows[this.#row] = parameter === '2' ? '' : this.#rows[this.#row]!.slice(0, this.#column);
      else if (action !== 'h' && action !== 'l' && action !== 'm') throw new Error(`the fake terminal does not know ${JSON.stringify(token)}`);
    }
    done();
  }

  #put(character: string): void {
    if (character === '\n') { this.#row += 1; this.#column = 0; this.#rows[this.#row] ??= ''; return; }
    const row = this.#rows[this.#row]!.padEnd(this.#column);
    this.#rows[this.#row] = row.slice(0, this.#column) + character + row.slice(this.#column + 1);
    this.#column += 1;
    this.widest = Math.max(this.widest, this.#column);
  }
}

function show(terminal: FakeTerminal, interactive: boolean, everyMs: number) {
  const meter = createMeter({ now: () => Date.now(), rssBytes: () => 240e6 });
  meter.observer({ kind: 'total', questions: 10 });
  meter.observer({ kind: 'trees', opened: 4, closed: 0, failed: 0 });
  return { meter, progress: createProgress({ stream: terminal as unknown as WriteStream, interactive, everyMs, snapshot: meter.snapshot }) };
}

beforeEach(() => { vi.useFakeTimers({ now: 0 }); });
afterEach(() => { vi.useRealTimers(); });

describe('on a terminal', () => {
  it('draws the block at once and over itself afterwards', () => {
    const terminal = new FakeTerminal(true, 80);
    const { meter, progress } = show(terminal, true, 250);
    expect(terminal.rows()).toEqual([expect.stringContaining('0 of 10 questions · time left n/a'), 'trees     4 open · 0 closed · 0 failed', expect.stringMatching(/^model/), 'output    no faults · 240 MB memory', '']);
    meter.observer({ kind: 'trees', opened: 1, closed: 2, failed: 1 });
    meter.observer({ kind: 'paused', of: 'policy', code: 'MODEL_UNREACHABLE', message: 'Refused.', retryInMs: 8000 });
    vi.advanceTimersByTime(250);
    expect(terminal.rows().slice(1, 6)).toEqual(['trees     2 open · 2 closed · 1 failed', expect.stringMatching(/^model/), 'output    no faults · 240 MB memory', 'paused    MODEL_UNREACHABLE next try in 8 s: Refused.', '']);
    vi.advanceTimersByTime(3000);
    expect(terminal.rows()[4]).toBe('paused    MODEL_UNREACHABLE next try in 5 s: Refused.');
    meter.observer({ kind: 'resumed', of: 'policy', afterMs: 3250 });
    vi.advanceTimersByTime(250);
    expect(terminal.rows().join('\n')).not.toContain('paused');
    progress.stop();
  });

  it('prints log lines above the block', () => {
    const terminal = new FakeTerminal(true, 80);
    const { progress } = show(terminal, true, 250);
    progress.log('first');
    vi.advanceTimersByTime(250);
    progress.log('second\n');
    expect(terminal.rows().slice(0, 4)).toEqual(['first', 'second', expect.stringContaining('0 of 10 questions'), expect.stringMatching(/^trees/)]);
    progress.stop();
  });

  it('leaves nothing but the log behind, and is silent after stop', () => {
    const terminal = new FakeTerminal(true, 80);
    const { progress } = show(terminal, true, 250);
    progress.log('kept');
    vi.advanceTimersByTime(1000);
    progress.stop();
    const { written } = terminal;
    progress.stop();
    vi.advanceTimersByTime(5000);
    expect(terminal.written).toBe(written);
    expect(terminal.rows().filter((row) => row !== '')).toEqual(['kept']);
    expect(terminal.cursor).toEqual([1, 0]);
    progress.log('after');
    expect(terminal.rows()[1]).toBe('after');
  });

  it('follows the width of the terminal, and takes 80 columns where there is none', () => {
    const terminal = new FakeTerminal(true, 40);
    const { meter, progress } = show(terminal, true, 250);
    meter.observer({ kind: 'paused', of: 'policy', code: 'MODEL_UNREACHABLE', message: 'x'.repeat(300), retryInMs: 8000 });
    vi.advanceTimersByTime(250);
    expect(terminal.widest).toBe(39);
    terminal.columns = 60;
    vi.advanceTimersByTime(250);
    expect(terminal.widest).toBe(59);
    terminal.columns = undefined;
    vi.advanceTimersByTime(250);
    expect(terminal.widest).toBe(79);
    progress.stop();
  });

  it('installs no signal handlers and does not hide the cursor', () => {
    const handlers = process.listenerCount('SIGINT') + process.listenerCount('SIGTERM') + process.listenerCount('exit');
    const terminal = new FakeTerminal(true, 80);
    show(terminal, true, 250).progress.stop();
    expect(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM') + process.listenerCount('exit')).toBe(handlers);
    expect(terminal.written).not.toContain('\u001b[?25l');
  });
});

describe('elsewhere', () => {
  const lines = (terminal: FakeTerminal): { type: string; final: boolean; elapsedMs: number; trees: object }[] => terminal.written.trimEnd().split('\n').map((line) => JSON.parse(line));

  it('writes a JSON line within two seconds, then one each interval, and a last one', () => {
    const terminal = new FakeTerminal(false);
    const { meter, progress } = show(terminal, false, 5000);
    expect(terminal.written).toBe('');
    vi.advanceTimersByTime(2000);
    expect(lines(terminal)).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    meter.observer({ kind: 'trees', opened: 0, closed: 4, failed: 0 });
    progress.stop();
    progress.stop();
    vi.advanceTimersByTime(60_000);
    expect(lines(terminal).map(({ type, final, elapsedMs }) => [type, final, elapsedMs])).toEqual([['progress', false, 1000], ['progress', false, 6000], ['progress', false, 11_000], ['progress', true, 12_000]]);
    expect(lines(terminal).at(-1)!.trees).toEqual({ opened: 4, open: 0, closed: 4, failed: 0 });
  });

  it('writes the last line of a run that ends before the first', () => {
    const terminal = new FakeTerminal(false);
    show(terminal, false, 5000).progress.stop();
    expect(lines(terminal).map(({ final }) => final)).toEqual([true]);
  });

  it('rounds rates and holds no escape sequence', () => {
    const terminal = new FakeTerminal(false);
    const { meter, progress } = show(terminal, false, 5000);
    vi.advanceTimersByTime(700);
    for (let answer = 0; answer < 7; answer += 1) meter.observer({ kind: 'request', change: 'answered', completionTokens: 13 });
    vi.advanceTimersByTime(2300);
    progress.stop();
    expect(lines(terminal).at(-1)).toMatchObject({ tokensPerSecond: 30.3, requests: { perSecond: 2.3 } });
    expect(terminal.written).not.toContain('\u001b');
  });

  it('writes log messages between the lines', () => {
    const terminal = new FakeTerminal(false);
    const { progress } = show(terminal, false, 5000);
    progress.log('warn  The server is slow.');
    progress.stop();
    expect(terminal.written.split('\n')).toEqual(['warn  The server is slow.', expect.stringContaining('"final":true'), '']);
  });
});
