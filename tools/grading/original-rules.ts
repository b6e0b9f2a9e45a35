// How the released code of the method judges answers, made anew from the description of its defects ("Defects of the official code", Answers), to compare with; nothing of that code is copied and nothing here judges a run.
import type { Gold } from '@slowthink/records';

/** Which of the rules came to the verdict. */
export interface OriginalVerdict { readonly right: boolean; readonly rule: 'equal' | 'not equal' | 'gold found anywhere' | 'gold not found' | 'contained' | 'not contained' }

const STATED = /[Tt]he answer is (.*?)(?:\.|$)/; // "." is no line end, and $ is the end of the text: "The answer is A\nmore text" is not found

/**
 * Closed kinds: what stands between "The answer is" and the next full stop must be the gold, character by character ("(C)", "option C", ": D" are not); without such a sentence the gold is looked for anywhere in the text.
 * Free answers: right when the gold contains the answer or the answer the gold.
 */
export function judgeAsOriginal(text: string, gold: Gold): OriginalVerdict {
  const stated = STATED.exec(text)?.[1];
  const wanted = gold.kind === 'number' ? `${gold.answer} ${gold.unit}`.trim() : gold.answer;
  if (gold.kind === 'number' || gold.kind === 'span' || gold.kind === 'name' || gold.kind === 'open') {
    const [said, sought] = [(stated ?? text).toLowerCase().trim(), wanted.toLowerCase()];
    const right = said.includes(sought) || sought.includes(said);
    return { right, rule: right ? 'contained' : 'not contained' };
  }
  if (stated !== undefined) return { right: stated === wanted, rule: stated === wanted ? 'equal' : 'not equal' };
  const found = text.includes(wanted);
  return { right: found, rule: found ? 'gold found anywhere' : 'gold not found' };
}
