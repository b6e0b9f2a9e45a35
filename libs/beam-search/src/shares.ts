/** `count` samples over `beams` prefixes, best first: as even as whole numbers are, the rest to the best. 10 over 4: 3 3 2 2. */
export const shares = (count: number, beams: number): readonly number[] => Array.from({ length: beams }, (_, rank) => Math.floor(count / beams) + (rank < count % beams ? 1 : 0));
