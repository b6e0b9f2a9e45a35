// What may stand between "the answer is" and the answer: markup, brackets, LaTeX and a few words.
import { matchAt, type Reader, type Reading } from './reading.ts';

const MARKUP = /[\s*_"'`:$~≈=([{,]{1,8}|\\(?!d?frac\b)[a-zA-Z]{2,12}\s?\{|\\[[(,; !]/y; // brackets, \text{, \[ \( and LaTeX spaces
const WORD = new RegExp('(?:therefore|thus|then|indeed|clearly|definitely|probably|possibly|simply|actually|likely|most likely|still|either|both|approximately|about|around|roughly|nearly|equal to'
  + String.raw`|option|choice|answer|letter|statement|the|(?:la |el )?(?:opci[oó]n|letra|lettre|lettera|alternativa|opzione)|l'option|la|(?:die |der )?(?:option|buchstabe)|选项|選項)(?=[\s:*"(\[]|(?<=项|項))`, 'iy');

/** At most this many fillers are skipped: hostile text cannot make one look-ahead long. */
const FILLERS_MAX = 24;

/** First offset at or behind `at` that is neither markup nor a filling word. */
export function skipFillers(text: string, at: number): number {
  let here = at;
  for (let count = 0; count < FILLERS_MAX; count++) {
    const filler = matchAt(MARKUP, text, here) ?? matchAt(WORD, text, here);
    if (filler === null) break;
    here += filler[0].length;
  }
  return here;
}

/** Reads behind markup first and then behind one filling word after the other: an answer may begin with such a word ("both A and C", "still birth"). */
export function readThrough(text: string, at: number, read: Reader): Reading | undefined {
  let here = at;
  for (let count = 0; count < FILLERS_MAX; count++) {
    const markup = matchAt(MARKUP, text, here);
    if (markup !== null) { here += markup[0].length; continue; }
    const reading = read(text, here);
    if (reading !== undefined) return reading;
    const word = matchAt(WORD, text, here);
    if (word === null) return undefined;
    here += word[0].length;
  }
  return undefined;
}
