import type { ReducerName } from '@slowthink/decoding';
import { FaultError } from '@slowthink/faults';

/** How candidates are made: independent whole solutions, or a search over steps that keeps `width` prefixes by their score under `reduce`. */
export type DecodeForm = { readonly kind: 'sample' } | { readonly kind: 'beam'; readonly width: number; readonly reduce: Extract<ReducerName, 'min' | 'last'> };

/** What --decode says, for N candidates: "sample", or "beam:W" with W of 1..N, by the least value of a prefix; "beam:W:last" goes by the value of its last step. SETTING_INVALID. */
export function decodeForm(text: string, candidates: number): DecodeForm {
  if (text === 'sample') return { kind: 'sample' };
  const [, digits, reduce = 'min'] = /^beam:([1-9]\d{0,4})(?::(min|last))?$/.exec(text) ?? [];
  if (digits === undefined) throw new FaultError('SETTING_INVALID', `--decode is ${JSON.stringify(text)}; allowed: sample, beam:W, beam:W:last, with a whole number W from 1.`, { hint: 'beam:4 keeps the 4 best prefixes after each step.' });
  const width = Number(digits);
  if (width > candidates) throw new FaultError('SETTING_INVALID', `--decode is ${text}, but ${candidates === 1 ? 'one candidate is' : `only ${candidates} candidates are`} asked for: each of the ${width} prefixes that are kept needs at least one.`, { hint: `Ask for more with -n, or keep fewer: beam:${candidates}.` });
  return { kind: 'beam', width, reduce: reduce as 'min' | 'last' };
}
