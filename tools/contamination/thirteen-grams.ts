import type { QuestionRecord } from '@slowthink/records';

/** The rule that the field began with, to compare with: a question is contaminated when it shares any 13 words in a row (lower case, no punctuation) with any item, options included (GPT-3, arXiv 2005.14165, appendix C). */
export function thirteenGrams(items: readonly QuestionRecord[]): (question: QuestionRecord) => boolean {
  const known = new Set(items.flatMap((item) => gramsOf(item.prompt.text)));
  return ({ prompt }) => gramsOf(prompt.text).some((gram) => known.has(gram));
}

function gramsOf(text: string): readonly string[] {
  const words = text.toLowerCase().replace(/[^\p{L}\p{N}\s]/gu, '').split(/\s+/u).filter((word) => word !== '');
  return words.slice(12).map((_, at) => words.slice(at, at + 13).join(' '));
}
