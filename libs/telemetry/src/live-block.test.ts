import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLine, fitParts, widthOf } from './fit-line.ts';
import { liveBlock } from './live-block.ts';
import type { Snapshot } from './snapshot.ts';

const busy: Snapshot = {
  graded: { judged: 0, cached: 0, failed: 0, promptTokens: 0, completionTokens: 0 }, elapsedMs: 3_000_000, imported: 1234, questions: { total: 1234, done: 512 }, stages: {}, trees: { opened: 576, open: 64, closed: 508, failed: 4 },
  requests: { inFlight: 61, inFlightMax: 64, answered: 9000, retried: 3, failed: 1, perSecond: 12.34 }, samples: 36_000, promptTokens: 1e6, completionTokens: 2e6, cost: null, tokensPerSecond: 2345,
  faults: { RECORD_INVALID: 1, MODEL_EMPTY_STEP: 3, MODEL_REFUSED: 2 }, paused: null, rows: { sft: 508, prm: 2031 }, etaMs: 4_320_000, rssBytes: 240e6,
};
const paused: Snapshot = { ...busy, paused: { code: 'MODEL_UNREACHABLE', message: '127.0.0.1:8000 refuses\nthe \u001b[31mconnection.', forMs: 9000, retryInMs: 7200 } };

describe('liveBlock', () => {
  it('shows bar, trees, model, output and the pause', () => {
    expect(liveBlock(paused, 110)).toEqual([
      '████████████░░░░░░░░░░░░░░░░░░  41 %  512 of 1,234 questions · 1 h 12 m left',
      'trees     64 open · 508 closed · 4 failed',
      'model     61 of 64 in flight · 2,345 tokens/s · 12.3 requests/s · 3 retried · 1 failed',
      'output    sft 508 · prm 2,031 · faults 6 (MODEL_EMPTY_STEP 3, MODEL_REFUSED 2, …) · 240 MB memory',
      'paused    MODEL_UNREACHABLE next try in 8 s: 127.0.0.1:8000 refuses the connection.',
    ]);
    expect(liveBlock(busy, 110)).toHaveLength(4);
  });

  it('has no line of trees where there is none: before the first, and in a curriculum', () => {
    expect(liveBlock({ ...busy, trees: { opened: 0, open: 0, closed: 0, failed: 0 } }, 110).map((line) => line.split(' ')[0])).toEqual(['████████████░░░░░░░░░░░░░░░░░░', 'model', 'output']);
  });

  it('leaves out what matters less on a narrow terminal', () => {
    expect(liveBlock(paused, 40)).toEqual([
      '███░░░░░░  41 %  512 of 1,234 questions',
      'trees     64 open · 508 closed',
      'model     61 of 64 in flight',
      'output    sft 508 · prm 2,031',
      'paused    MODEL_UNREACHABLE next try in…',
    ]);
  });

  it('never is wider than the terminal', () => {
    const message = fc.string({ unit: 'grapheme', maxLength: 200 });
    fc.assert(fc.property(fc.nat(200), message, fc.nat(1e9), fc.nat(1e9), fc.boolean(), (columns, text, done, more, known) => {
      const snapshot: Snapshot = { ...busy, questions: { total: known ? done + more : null, done }, paused: { code: 'MODEL_TIMEOUT', message: text, forMs: 0, retryInMs: done } };
      const lines = liveBlock(snapshot, columns);
      return lines.length <= 5 && lines.every((line) => widthOf(line) <= columns && !/\p{Cc}/u.test(line));
    }));
  });

  it('says starting, importing and done where there is no part of a whole to show', () => {
    const head = (snapshot: Partial<Snapshot>): string => liveBlock({ ...busy, ...snapshot }, 100)[0]!;
    const none = { opened: 0, open: 0, closed: 0, failed: 0 };
    expect(head({ elapsedMs: 1500, imported: 0, trees: none, questions: { total: null, done: 0 } })).toBe('starting · 1 s so far');
    expect(head({ elapsedMs: 1500, imported: 12_345, trees: none, questions: { total: null, done: 0 } })).toBe('importing: 12,345 questions · 1 s so far');
    expect(head({ questions: { total: null, done: 512 } })).toBe('512 questions done · 50 m 00 s so far');
    expect(head({ etaMs: null })).toContain('512 of 1,234 questions · time left n/a');
    expect(head({ questions: { total: 1234, done: 1234 }, etaMs: 0 })).toBe(`${'█'.repeat(30)} 100 %  1,234 of 1,234 questions · done in 50 m 00 s`);
  });

  it('says 99 % until the last question is done', () => {
    expect(liveBlock({ ...busy, questions: { total: 100_000, done: 99_999 } }, 100)[0]).toContain(' 99 %');
  });
});

describe('fitLine', () => {
  it('cuts at whole graphemes, two columns for wide ones', () => {
    expect(fitLine('模型没有回答', 12)).toBe('模型没有回答');
    expect(fitLine('模型没有回答', 11)).toBe('模型没有回…');
    expect(fitLine('模型没有回答', 10)).toBe('模型没有…');
    expect(fitLine('e\u0301e\u0301e\u0301', 3)).toBe('e\u0301e\u0301e\u0301');
    expect([fitLine('abc', 1), fitLine('abc', 0)]).toEqual(['…', '']);
  });

  it('joins as many parts as fit', () => {
    expect(fitParts(['one', 'two', 'three'], 9)).toBe('one · two');
    expect(fitParts(['one', 'two', 'three'], 8)).toBe('one');
    expect(fitParts(['one', 'two'], 2)).toBe('o…');
  });
});
