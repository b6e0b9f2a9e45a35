import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { Random } from './random.ts';

/** Makes whatever this process draws by chance (names of temporary files, say) follow from the seed; call what it returns to give chance back. */
export function takeOverChance(random: Random): () => void {
  const { randomBytes } = crypto;
  const { random: realRandom } = Math;
  const set = (bytes: (size: number) => Buffer, number: () => number): void => {
    Object.assign(crypto, { randomBytes: bytes });
    syncBuiltinESMExports(); // whoever imported it by name
    Math.random = number;
  };
  set((size) => Buffer.from(Array.from({ length: size }, () => random.whole(0, 255))), () => random.next());
  return () => set(randomBytes as (size: number) => Buffer, realRandom);
}
