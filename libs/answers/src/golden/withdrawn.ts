import type { Golden } from './golden.ts';

/** Outputs on `drugs` that withdraw an answer. */
export const withdrawnOutputs: readonly Golden[] = [
  ['The answer is B. No, the answer is not B.', 'none', ''],
  ['The answer is B. Wait, B is not the correct answer.', 'none', ''],
  ['The answer is A. Wait, A is incorrect. The answer is B.', 'right', 'B'],
  ['The answer is B; A is incorrect.', 'right', 'B'],
  ['The answer is B. The answer is not A.', 'right', 'B'],
  ['The answer is not B. No, wait: the answer is B.', 'right', 'B'],
  ['Answer: C\n\nOn second thought, nitrates come first.\n\nAnswer: B', 'right', 'B'],
  ['I first thought the answer is A, but the answer is B.', 'right', 'B'],
  ['The answer is C) Morphine. Hmm, let me reconsider. Preload matters. The correct option is B) Nitroglycerin.', 'right', 'B'],
  ['The answer is D. Scratch that. It should be B.', 'right', 'B'],
];
