import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextWatch } from './text-watch.ts';

const utf8 = new TextEncoder();
const read = (tokens: readonly Uint8Array[], stops: readonly string[]) => {
  const watch = new TextWatch(tokens, stops.map((stop) => utf8.encode(stop)));
  let pushed = 0, stopped = false;
  while (pushed < tokens.length && !stopped) stopped = watch.push(pushed++);
  return { text: watch.text(), pushed, stopped };
};
const cutAt = (bytes: Uint8Array, places: readonly number[]) => {
  const ends = [...new Set(places.map((at) => at % (bytes.length + 1))), bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.slice(i === 0 ? 0 : ends[i - 1]!, end));
};
const pieces = fc.array(fc.constantFrom('a', 'b', 'ab', '\n', '\n\n', 'Step 1:', 'S', '≥', '😀', 'ü'), { maxLength: 12 }).map((parts) => parts.join(''));
const stopTexts = fc.array(fc.constantFrom('a', 'ab', 'aba', 'b\n', '\n\n', '\nStep', 'Step 1:', '≥', '≥😀', '😀😀', 'üa'), { maxLength: 4 });

test('ends where looking at the whole text after every token would end, wherever tokens are cut (property)', () => {
  fc.assert(fc.property(pieces, stopTexts, fc.array(fc.nat(), { maxLength: 10 }), (said, stops, places) => {
    const tokens = cutAt(utf8.encode(said), places);
    let naive: { text: string; pushed: number; stopped: boolean } = { text: said, pushed: tokens.length, stopped: false };
    for (let pushed = 1; pushed <= tokens.length; pushed++) {
      const bytes = Buffer.concat(tokens.slice(0, pushed)), ends = stops.map((stop) => bytes.indexOf(stop)).filter((at) => at >= 0);
      if (ends.length === 0) continue;
      naive = { text: bytes.subarray(0, Math.min(...ends)).toString('utf8'), pushed, stopped: true };
      break;
    }
    expect(read(tokens, stops)).toEqual(naive);
    for (const stop of stops) expect(read(tokens, stops).text).not.toContain(stop);
  }), { numRuns: 2000 });
});

test('an unfinished character at the end is left out, bytes that are no UTF-8 become the replacement character, a mark of byte order stays', () => {
  expect(read([Uint8Array.of(0x61, 0xe2), Uint8Array.of(0x89)], []).text).toBe('a');
  expect(read([Uint8Array.of(0x61, 0xe2), Uint8Array.of(0x89), Uint8Array.of(0xa5, 0xf0, 0x9f, 0x98)], []).text).toBe('a≥');
  expect(read([Uint8Array.of(0xff, 0x62)], []).text).toBe('\uFFFDb');
  expect(read([Uint8Array.of(0x61, 0xff), Uint8Array.of(0xa5)], []).text).toBe('a');
  expect(read([utf8.encode('\uFEFFa')], []).text).toBe('\uFEFFa');
  expect(read([utf8.encode('a'), Uint8Array.of(0xe2, 0x89), utf8.encode('.')], ['.'])).toEqual({ text: 'a', pushed: 3, stopped: true });
});

test('tokens without bytes end nothing, and long texts grow', () => {
  expect(read([new Uint8Array(0), utf8.encode('x'.repeat(1000)), utf8.encode('end')], ['end'])).toEqual({ text: 'x'.repeat(1000), pushed: 3, stopped: true });
});
