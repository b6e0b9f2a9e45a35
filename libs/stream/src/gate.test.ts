import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Credits } from './credits.ts';
import { gate, type Source } from './gate.ts';

/** A log of `count` waiting numbers; counts how many were taken out. */
function log(count: number): Source<number> & { readonly taken: () => number; readonly closed: () => boolean } {
  let next = 0;
  let closed = false;
  return {
    ready: async () => !closed && next < count,
    take: (max) => { const items = Array.from({ length: Math.min(max, count - next) }, (_, index) => next + index); next += items.length; return items; },
    close: () => { closed = true; },
    taken: () => next, closed: () => closed,
  };
}

const turns = async (count: number): Promise<void> => { for (let turn = 0; turn < count; turn++) await new Promise(setImmediate); };

describe('gate', () => {
  it('holds no more records than credits when a million wait and nobody answers', async () => {
    const source = log(1_000_000);
    const credits = new Credits(64);
    const seen: number[] = [];
    const subscription = gate(source, { credits }).subscribe((item) => seen.push(item));
    await turns(200);
    expect(seen).toHaveLength(64);
    expect(source.taken()).toBe(64);
    expect(credits.free).toBe(0);
    subscription.unsubscribe();
    expect(source.closed()).toBe(true);
  });

  it('gives everything in order and completes when the source ends', async () => {
    const source = log(1000);
    const seen: number[] = [];
    await new Promise<void>((resolve, reject) => gate(source).subscribe({ next: (item) => seen.push(item), complete: resolve, error: reject }));
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  it('lets one record through for each credit that comes back', async () => {
    const credits = new Credits(1);
    const seen: number[] = [];
    const subscription = gate(log(10), { credits }).subscribe((item) => seen.push(item));
    await turns(20);
    expect(seen).toEqual([0]);
    credits.give();
    await turns(20);
    expect(seen).toEqual([0, 1]);
    subscription.unsubscribe();
  });

  it('keeps no credit of records that it did not deliver when it is closed half way through a batch', async () => {
    const credits = new Credits(10);
    const seen: number[] = [];
    const subscription = gate(log(100), { credits }).subscribe((item) => { seen.push(item); if (item === 3) subscription.unsubscribe(); });
    await turns(20);
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(credits.held).toBe(4);
  });

  it('waits for admission before it takes anything', async () => {
    const source = log(10);
    const open = Promise.withResolvers<void>();
    const seen: number[] = [];
    const subscription = gate(source, { admit: () => open.promise }).subscribe((item) => seen.push(item));
    await turns(10);
    expect(source.taken()).toBe(0);
    open.resolve();
    await turns(10);
    expect(seen).toHaveLength(10);
    subscription.unsubscribe();
  });

  it('hands an error of the source on', async () => {
    const source: Source<number> = { ready: () => Promise.reject(new Error('the log is gone')), take: () => [], close: () => {} };
    await expect(new Promise((resolve, reject) => gate(source).subscribe({ complete: () => resolve('complete'), error: reject }))).rejects.toThrow('the log is gone');
  });

  it('never holds more than the credits and loses nothing, whatever the order in which credits come back', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.array(fc.nat(), { maxLength: 60 }), async (total, picks) => {
      const credits = new Credits(total);
      const held: number[] = [];
      const seen: number[] = [];
      const subscription = gate(log(picks.length), { credits }).subscribe((item) => { held.push(item); seen.push(item); });
      for (const pick of picks) {
        await turns(3);
        expect(held.length).toBeLessThanOrEqual(total);
        expect(credits.held).toBeGreaterThanOrEqual(held.length);
        if (held.length > 0) { held.splice(pick % held.length, 1); credits.give(); }
      }
      await turns(5);
      while (held.length > 0) { held.pop(); credits.give(); await turns(3); }
      expect(seen).toEqual(picks.map((_, index) => index));
      subscription.unsubscribe();
    }), { numRuns: 40 });
  });
});
