import type { Golden } from './golden.ts';

/** Outputs on `germs`: C, E. coli, whose own text looks like a letter. */
export const germOutputs: readonly Golden[] = [
  ['The answer is E. coli.', 'right', 'C'],
  ['The answer is B. fragilis.', 'wrong', 'B'],
  ['The answer is B.', 'wrong', 'B'],
  ['The answer is C. E. coli', 'right', 'C'],
  ['The answer is E. Vitamin D deficiency', 'wrong', 'E'],
  ['The answer is vitamin D deficiency.', 'wrong', 'E'],
  ['The answer is C. difficile.', 'none', ''],
  ['E. coli', 'right', 'C'],
  ['E. coli is a rod.', 'none', ''],
];

/** Outputs on `combined`: D, "Both A and C". */
export const combinedOutputs: readonly Golden[] = [
  ['The answer is both A and C.', 'right', 'D'],
  ['The answer is D, both A and C.', 'right', 'D'],
  ['The answer is aspirin and heparin.', 'wrong', 'B'],
  ['The answer is aspirin.', 'wrong', 'A'],
  ['The answer is none of the above.', 'wrong', 'E'],
  ['The answer is aspirin or heparin.', 'several', 'A | C'],
  ['Both A and C are correct.', 'right', 'D'],
];

/** Outputs on `groups`: blood groups O, AB, A, B under the letters A to D; a letter is a letter. */
export const groupOutputs: readonly Golden[] = [
  ['The answer is C.', 'right', 'C'],
  ['The answer is C. A', 'right', 'C'],
  ['The answer is AB.', 'wrong', 'B'],
  ['The answer is A.', 'wrong', 'A'],
];

/** Outputs on `letters`: four letters without texts, the right one is C. */
export const letterOutputs: readonly Golden[] = [
  ['The answer is C.', 'right', 'C'],
  ['C', 'right', 'C'],
  ['(c)', 'right', 'C'],
  ['The answer is C. Metoprolol', 'right', 'C'],
  ['The correct option is C) Metoprolol because it slows the heart.', 'right', 'C'],
  ['Answer: A', 'wrong', 'A'],
  ['The answer is E.', 'none', ''],
  ['The answer is metoprolol.', 'none', ''],
  ['The answer is C or D.', 'several', 'C | D'],
];

/** Outputs on `two`: A. Yes, at once; B. No, later. */
export const twoOutputs: readonly Golden[] = [
  ['The answer is A.', 'right', 'A'],
  ['Yes, at once', 'right', 'A'],
  ['The answer is B. No, later', 'wrong', 'B'],
  ['The answer is C.', 'none', ''],
  ['A or B', 'several', 'A | B'],
];

/** Outputs on `alphabet`: gene 1 to gene 26 under A to Z; the right one is Z. */
export const alphabetOutputs: readonly Golden[] = [
  ['The answer is Z.', 'right', 'Z'],
  ['The answer is gene 26.', 'right', 'Z'],
  ['The answer is gene 2.', 'wrong', 'B'],
  ['The answer is I.', 'wrong', 'I'],
  ['I cannot answer this.', 'none', ''],
  ['The answer is gene 27.', 'none', ''],
  ['I would say that X and Y chromosomes differ.', 'none', ''],
];
