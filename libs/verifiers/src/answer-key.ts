import { createHash } from 'node:crypto';
import { grade } from '@slowthink/answers';
import type { Gold } from '@slowthink/records';

const keyMax = 200; // characters
const answerMax = 500;
const CUE = /^(?:(?:so|thus|therefore|hence)[, ]{1,3})?(?:the |my )?(?:final |correct )?answer(?: is|:)[: ]{0,3}/i;
const EDGES = /^[\s"'*_`([]+|[\s"'*_`)\].,;:!]+$/g;

/**
 * The key under which equal answers meet when they are counted as votes: in lower case and NFKC, one space for any white space, without quotes, emphasis and full stop around it.
 * Above 200 characters the head and a hash of all. Never empty for an answer that holds a letter or digit.
 */
export function foldAnswer(answer: string): string {
  const folded = answer.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  const bare = folded.replace(EDGES, '') || folded;
  return bare.length <= keyMax ? bare : `${bare.slice(0, keyMax - 14)}… ${createHash('sha256').update(bare).digest('hex').slice(0, 12)}`;
}

/** Answer and key of a text that was judged. */
export interface KeyedAnswer { readonly answer: string; readonly normalised: string }

/**
 * What was answered, from the best source there is: the answer that the grader names; else the one that the rules find, where the kind of gold has rules; else the last line of the text, which is where a solution
 * states its answer, without "The answer is". The key is the rules' own where they read the answer, so that "B" and "B. Nitroglycerin" are one vote; else the folded words.
 */
export function keyAnswer(gold: Gold, text: string, named?: string): KeyedAnswer {
  const read = grade(named ?? text, gold);
  if (named !== undefined) return { answer: cut(named.trim()), normalised: read.status === 'none' ? foldAnswer(named) : read.normalised };
  if (read.status !== 'none') return { answer: cut(read.answer), normalised: read.normalised };
  const last = text.trimEnd().split('\n').at(-1)!.trim();
  const words = last.replace(CUE, '').trim() || last;
  return { answer: cut(words), normalised: foldAnswer(words) };
}

const cut = (answer: string): string => (answer.length > answerMax ? `${answer.slice(0, answerMax - 1)}…` : answer);
