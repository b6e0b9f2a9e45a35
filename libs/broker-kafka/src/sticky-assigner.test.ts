import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stickyShares, type MemberClaim } from './sticky-assigner.ts';

/** Members as a group may have them: what they own may overlap, be out of range or come from an older generation. */
const claims = (partitions: number): fc.Arbitrary<readonly MemberClaim[]> => fc.uniqueArray(fc.record({
  memberId: fc.string({ minLength: 1, maxLength: 8 }), generation: fc.nat(5), owned: fc.uniqueArray(fc.nat(partitions + 2)),
}), { minLength: 1, maxLength: 12, selector: ({ memberId }) => memberId });
const groups = fc.integer({ min: 1, max: 64 }).chain((partitions) => fc.tuple(fc.constant(partitions), claims(partitions)));

/** What a group's members say at its next rebalance. */
const owners = (shares: ReadonlyMap<string, readonly number[]>, generation = 6): readonly MemberClaim[] => [...shares].map(([memberId, owned]) => ({ memberId, generation, owned }));

describe('stickyShares', () => {
  it('gives every partition to one member, in shares equal to within one', () => {
    fc.assert(fc.property(groups, ([partitions, members]) => {
      const shares = [...stickyShares(partitions, members).values()];
      expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: partitions }, (_, at) => at));
      const sizes = shares.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }));
  });

  it('is the same whatever the order of the members', () => {
    fc.assert(fc.property(groups, fc.infiniteStream(fc.nat()), ([partitions, members], salt) => {
      const shuffled = members.map((member) => ({ member, at: salt.next().value })).sort((a, b) => a.at - b.at).map(({ member }) => member);
      expect(new Map([...stickyShares(partitions, shuffled)].sort())).toEqual(new Map([...stickyShares(partitions, members)].sort()));
    }));
  });

  it('moves nothing when nobody came or left', () => {
    fc.assert(fc.property(groups, ([partitions, members]) => {
      const shares = stickyShares(partitions, members);
      expect(stickyShares(partitions, owners(shares))).toEqual(shares);
    }));
  });

  it('moves to a newcomer no more than its share, and from one that left only what it had', () => {
    fc.assert(fc.property(groups, ([partitions, members]) => {
      const before = stickyShares(partitions, members);
      const after = stickyShares(partitions, [...owners(before), { memberId: 'a newcomer', generation: 0, owned: [] }]);
      for (const [memberId, share] of before) expect(after.get(memberId)!.every((partition) => share.includes(partition)), memberId).toBe(true);
      const [gone, ...rest] = owners(before);
      const left = stickyShares(partitions, rest);
      if (rest.length > 0) for (const [memberId, share] of before) if (memberId !== gone!.memberId) expect(share.filter((partition) => !left.get(memberId)!.includes(partition)), memberId).toEqual([]);
    }));
  });

  it('believes the younger of two members that claim the same partition', () => {
    expect(stickyShares(2, [{ memberId: 'a', generation: 3, owned: [0, 1] }, { memberId: 'b', generation: 4, owned: [1] }])).toEqual(new Map([['a', [0]], ['b', [1]]]));
  });
});
