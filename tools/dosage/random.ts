// Seeded randomness: the same seed gives the same numbers on every machine. 32-bit integer arithmetic only.

/** A source of numbers in [0, 1). */
export type Random = () => number;

/** FNV-1a over UTF-16 code units, then the finaliser of MurmurHash3, so that every bit depends on every letter: 0..2^32 - 1. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Mulberry32, seeded by a text. */
export function seedRandom(seed: string): Random {
  let state = hashText(seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of a list that is not empty. */
export const pickOne = <Item>(list: readonly Item[], random: Random): Item => list[Math.floor(random() * list.length)]!;

/** The list in a random order (Fisher-Yates). */
export function shuffle<Item>(list: readonly Item[], random: Random): readonly Item[] {
  const shuffled = [...list];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}
