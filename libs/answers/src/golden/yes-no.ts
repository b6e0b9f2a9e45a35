import type { Golden } from './golden.ts';

/** Outputs where the right answer is yes. */
export const yesOutputs: readonly Golden[] = [
  ['yes', 'right', 'yes'],
  ['Yes.', 'right', 'yes'],
  ['**Yes**', 'right', 'yes'],
  ['Yes, because sonography shows the muscle.', 'right', 'yes'],
  ['The answer is yes.', 'right', 'yes'],
  ['The answer is Yes, it is valuable.', 'right', 'yes'],
  ['The answer is "yes".', 'right', 'yes'],
  ['Answer: A. yes', 'right', 'yes'],
  ['The answer is (A) yes.', 'right', 'yes'],
  ['\\boxed{\\text{yes}}', 'right', 'yes'],
  ['Final answer: maybe', 'wrong', 'maybe'],
  ['The answer is inconclusive.', 'wrong', 'maybe'],
  ['No, it is not.', 'wrong', 'no'],
  ['The answer is no.', 'wrong', 'no'],
  ['The answer is no. Wait, the trial did show it. The answer is yes.', 'right', 'yes'],
  ['The answer is yes or no.', 'several', 'no | yes'],
  ['Answer: yes/no', 'several', 'no | yes'],
  ['The study is small.\nYes', 'right', 'yes'],
  ['Is it valuable? Many say yes, some say no.', 'none', ''],
  ['The answer is not yes.', 'none', ''],
  ['The answer is A.', 'none', ''],
  ['Yesterday she came back.', 'none', ''],
  ['', 'none', ''],
];

/** Outputs where the right answer is no. */
export const noOutputs: readonly Golden[] = [
  ['No.', 'right', 'no'],
  ['no', 'right', 'no'],
  ['The answer is no, since the arms did not differ.', 'right', 'no'],
  ['The answer is no', 'right', 'no'],
  ['No evidence supports it.', 'none', ''],
  ['The answer is no evidence of harm.', 'none', ''],
  ['The answer is normal saline.', 'none', ''],
  ['The answer is not clear.', 'none', ''],
  ['There is no difference.', 'none', ''],
];
