// What may stand between "the answer is" and the answer: markup, brackets, LaTeX and a few words.
import { matchAt } from './reading.ts';

const FILLER = new RegExp([
  String.raw`[\s*_"'\`:$~≈=([{,]`,
  String.raw`\\[a-zA-Z]{2,12}\s?\{`, // \text{
  String.raw`\\[[(,; !]`, // \[ \( and LaTeX spaces
  String.raw`(?:therefore|thus|then|indeed|clearly|definitely|probably|simply|actually|likely|most likely|still|either|both|approximately|about|around|roughly|nearly|equal to|option|choice|answer|letter|statement|the)(?=[\s:*"'(\[])`,
].join('|'), 'iy');

/** At most this many fillers are skipped: hostile text cannot make one look-ahead long. */
const FILLERS_MAX = 24;

/** First offset at or behind `at` that is no filler. */
export function skipFillers(text: string, at: number): number {
  let here = at;
  for (let count = 0; count < FILLERS_MAX; count++) {
    const filler = matchAt(FILLER, text, here);
    if (filler === null) break;
    here += filler[0].length;
  }
  return here;
}
