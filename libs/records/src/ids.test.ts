import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, hashId, hashSeed, partitionOf, runIdOf, treeIdOf } from './ids.ts';

describe('partitionOf', () => {
  // murmur2 of these keys as Apache Kafka's own tests give it
  it.each([['21', -973932308], ['foobar', -790332482], ['a-little-bit-long-string', -985981536], ['a-little-bit-longer-string', -1486304829], ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971], ['abc', 479470107]] as const)(
    'puts %s where the default partitioner of Kafka puts it', (key, murmur2) => {
      for (const partitions of [1, 3, 8, 1000]) expect(partitionOf(key, partitions)).toBe((murmur2 & 0x7fffffff) % partitions);
    });

  it('gives a partition for any key', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 1024 }), (key, partitions) => {
      const partition = partitionOf(key, partitions);
      expect(Number.isInteger(partition) && partition >= 0 && partition < partitions).toBe(true);
    }));
  });
});

describe('ids', () => {
  it('do not depend on the order in which keys were written', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe('{"b":[1,{"c":"x","d":null}]}');
    expect(hashId({ a: 1, b: 2 })).toBe(hashId({ b: 2, a: 1 }));
  });

  it('of two trees differ by run, question and attempt', () => {
    const ids = [treeIdOf('r', 'q', 1), treeIdOf('r', 'q', 2), treeIdOf('r', 'p', 1), treeIdOf('s', 'q', 1)];
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]).toMatch(/^[0-9a-f]{20}$/);
  });

  it('of a run hold seed, settings, model and revision, and nothing else', () => {
    const policy = { model: 'm', revision: 'v' };
    expect(runIdOf(1, 's', { ...policy, host: 'somewhere' } as typeof policy)).toBe(runIdOf(1, 's', policy));
    expect(new Set([runIdOf(1, 's', policy), runIdOf(2, 's', policy), runIdOf(1, 't', policy), runIdOf(1, 's', { ...policy, revision: 'w' })]).size).toBe(4);
  });

  it('make seeds below 2^30, so that a sample index added to one stays below 2^31', () => {
    fc.assert(fc.property(fc.string(), fc.nat(), (text, number) => {
      const seed = hashSeed(text, number);
      expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 30).toBe(true);
      expect(hashSeed(text, number)).toBe(seed);
    }));
  });
});
