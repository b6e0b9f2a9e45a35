// Several answers in a row: "A or B", "aspirin, heparin and morphine".
import { skipFillers } from './fillers.ts';
import { matchAt } from './reading.ts';

/** What stands between two answers of a list. */
export const LIST = /[ \t]{0,2}(?:\.{3}[ \t]{1,2}(?=or\b))?(?:,[ \t]{0,2}(?:and\b|or\b)?|\/|&|、|或者?|还是|和|(?:and\/or|or|and|as well as|oder|und|ou|et|o|y)\b)[ \t]{0,2}/iy;
const VERB = /[ \t]{1,2}(?:is|are|was|were|has|have|can|cannot|could|do|does|would|may|might|should|will)\b/iy;

interface Placed { readonly end: number }

/** The answers of a list that begins at `at`, at most `max`; a list whose last member has a verb behind it is its first member alone: in "C, A is wrong" the answer is C. */
export function readList<Found extends Placed>(text: string, at: number, max: number, read: (text: string, at: number, start: boolean) => Found | undefined): readonly Found[] {
  const first = read(text, at, true);
  if (first === undefined) return [];
  const found = [first];
  for (let here = first.end; found.length < max;) {
    const link = matchAt(LIST, text, here);
    const next = link === null ? undefined : read(text, skipFillers(text, here + link[0].length), false);
    if (next === undefined) break;
    found.push(next);
    here = next.end;
  }
  return found.length > 1 && matchAt(VERB, text, found.at(-1)!.end) !== null ? [first] : found;
}
