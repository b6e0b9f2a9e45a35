import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Positions } from './positions.ts';

describe('Positions', () => {
  it('names the offsets below the next one that are not settled', () => {
    const positions = new Positions();
    for (const offset of [0, 1, 2, 3]) positions.deliver(offset);
    positions.settle(0);
    positions.settle(2);
    expect(positions.position()).toEqual({ next: 3, unsettled: [1] });
  });

  it('refuses to settle an offset twice', () => {
    const positions = new Positions();
    positions.deliver(7);
    positions.settle(7);
    expect(() => positions.settle(7)).toThrow('Offset 7 was settled twice');
  });

  it('reads again exactly what was not settled, whatever the order of settling, with holes in the log', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.nat({ max: 50 }), { minLength: 1, maxLength: 30 }), fc.infiniteStream(fc.boolean()), fc.infiniteStream(fc.nat()), (raw, settles, picks) => {
      const offsets = raw.toSorted((a, b) => a - b);
      const positions = new Positions();
      for (const offset of offsets) positions.deliver(offset);
      const open = new Set(offsets);
      while (open.size > 0 && settles.next().value) {
        const offset = [...open][picks.next().value % open.size]!;
        open.delete(offset);
        positions.settle(offset);
      }
      const { next, unsettled } = positions.position();
      const again = offsets.filter((offset) => offset >= next || unsettled.includes(offset));
      expect(new Set(again)).toEqual(open);
      const restarted = new Positions({ next, unsettled });
      for (const offset of again) { restarted.deliver(offset); restarted.settle(offset); }
      expect(restarted.outstanding).toBe(0);
      expect(restarted.position().next).toBe(offsets.at(-1)! + 1);
    }));
  });

  it('knows when everything below an end record is settled', () => {
    const positions = new Positions();
    for (const offset of [0, 1, 2]) positions.deliver(offset);
    positions.settle(0);
    expect(positions.settledBelow(2)).toBe(false);
    positions.settle(1);
    expect(positions.settledBelow(2)).toBe(true);
  });
});
