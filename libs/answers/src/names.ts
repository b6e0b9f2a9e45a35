// Names out of a list, however long it is, and options that have no letters: the closed lists of words.
import type { Gold } from '@slowthink/records';
import { spanReaders } from './spans.ts';
import { termReader } from './terms.ts';
import type { Readers } from './reading.ts';

export type NameGold = Extract<Gold, { readonly kind: 'name' }>;
export type TextGold = Extract<Gold, { readonly kind: 'text' }>;

const DIAGNOSIS_CUE = /(?<!differential )\b(?:(?:diagnosis|disease|condition|disorder|entity)\b[*_"')]{0,4}[ \t]{0,3}(?:\b(?:is|was|should be|must be)\b(?: therefore| thus| most likely| likely| probably)?|[:=])|(?:most likely|probably|likely) (?:has|had|suffers from)\b)/gi;

/** A synonym answers for the right name, under its key. Without a list of names any words behind a cue are a name, compared whole. A name that is not on the list is no answer, as a letter that no option has is none. */
export function nameReaders(gold: NameGold): Readers {
  if (gold.names === undefined) return { ...spanReaders(gold), cues: DIAGNOSIS_CUE };
  const terms = [...gold.names.map((name) => ({ key: name, wordings: [name] })), { key: gold.answer, wordings: [gold.answer, ...(gold.alternatives ?? [])] }];
  return { read: termReader(terms, gold.answer), cues: DIAGNOSIS_CUE };
}

/** The key is the option's text as the question has it. */
export const textReaders = (gold: TextGold): Readers => ({ read: termReader(gold.options.map((text) => ({ key: text, wordings: [text] })), gold.answer) });
