import { askedUnit } from '@slowthink/answers';
import { kinds } from '../dosage/kinds.ts';
import { keyOf, readCombination, type ReadCombination } from './read-combination.ts';

/** A question of a set that nobody may learn from. */
export interface HeldOut extends ReadCombination {
  readonly set: string; // test, dev
  readonly id: string;
}

export interface Match {
  readonly heldOut: HeldOut;
  /** wording: kind and numbers are read from a known wording. numbers: other words, in which the numbers stand and no other unit than the kind's is asked for. */
  readonly how: 'wording' | 'numbers';
}

export interface CombinationIndex {
  /** What a question's combination is among the held-out ones: found; free: read, and none of them; unread: neither a known wording nor such numbers. */
  readonly look: (question: string) => { readonly read: 'found'; readonly matches: readonly Match[] } | { readonly read: 'free' | 'unread' };
}

/** Numbers that a wording may add to those of the combination: 1 kg, 1 mL, 2.2 lb, 24 hours, 60 minutes. */
const constants: ReadonlySet<number> = new Set([1, 2.2, 24, 60]);
const constantsMax = 6; // subsets are tried: 64

/**
 * Looks questions up by their combination. In a known wording (tools/dosage) the combination is read exactly. In any other words it counts when the numbers of the text are those of a held-out combination, in any order, beside
 * constants at most, unless the text asks for the unit of other kinds; so it may find too much, and numbers in words ("twice") are not read. Memory: the held-out questions.
 */
export function combinationIndex(heldOut: readonly HeldOut[]): CombinationIndex {
  const exact = Map.groupBy(heldOut, keyOf);
  const loose = Map.groupBy(heldOut, ({ numbers }) => looseKey(numbers));
  return {
    look(question) {
      const known = readCombination(question);
      if (known !== undefined) return found((exact.get(keyOf(known)) ?? []).map((one) => ({ heldOut: one, how: 'wording' })), 'free');
      const asked = askedUnit(question)?.toLowerCase();
      const other = asked !== undefined && units.has(asked) ? asked : undefined; // of kinds; "milligrams" excludes none
      const matches = withoutConstants(numbersIn(question)).flatMap((some) => loose.get(looseKey(some)) ?? []).filter(({ kind }) => other === undefined || unitOf(kind) === other);
      return found([...new Set(matches)].map((one) => ({ heldOut: one, how: 'numbers' })), 'unread');
    },
  };
}

const found = (matches: readonly Match[], otherwise: 'free' | 'unread'): ReturnType<CombinationIndex['look']> => (matches.length > 0 ? { read: 'found', matches } : { read: otherwise });

const units: ReadonlySet<string> = new Set(kinds.map(({ unit }) => unit.toLowerCase()));
const unitOf = (name: string): string | undefined => kinds.find((kind) => kind.name === name)?.unit.toLowerCase();
const looseKey = (numbers: readonly number[]): string => numbers.toSorted((a, b) => a - b).join(' ');

/** Every number of a text, "1,000" as one; the digits of the 4-2-1 rule are a name. */
function numbersIn(text: string): readonly number[] {
  return [...text.replaceAll(/4\s*[-–/]\s*2\s*[-–/]\s*1/gu, '').matchAll(/\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?/gu)].map(([digits]) => Number(digits.replaceAll(',', '')));
}

/** The numbers with any of their constants left out; all of them first. */
function withoutConstants(numbers: readonly number[]): readonly (readonly number[])[] {
  const places = numbers.flatMap((number, at) => (constants.has(number) ? [at] : [])).slice(0, constantsMax);
  return Array.from({ length: 2 ** places.length }, (_, mask) => numbers.filter((__, at) => { const bit = places.indexOf(at); return bit < 0 || (mask & (1 << bit)) === 0; }));
}
