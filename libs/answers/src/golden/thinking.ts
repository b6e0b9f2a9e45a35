import type { Golden } from './golden.ts';

/** Outputs on `drugs` of models that think in tags. */
export const thinkingOutputs: readonly Golden[] = [
  ['<think>B lowers preload.</think>The answer is D.', 'wrong', 'D'],
  ['<think>\nA? No, C.\n</think>\n\nThe answer is B.', 'right', 'B'],
  ['<think>\n\n</think>\n\nB', 'right', 'B'],
  ['A or C? The answer is C.</think>The answer is B.', 'right', 'B'],
  ['<think>one</think>Let us see.<think>The answer is A.</think>The answer is B.', 'right', 'B'],
  ['<thinking>The answer is A.</thinking>\n**B**', 'right', 'B'],
  ['[THINK]The answer is A.[/THINK]The answer is B.', 'right', 'B'],
  ['The answer is B. <think>That was easy.</think>', 'right', 'B'],
  ['<think>The answer is B.</think>', 'none', ''],
  ['<think>The answer is B.', 'truncated', ''],
  ['<think>A?</think>Hm.<think>The answer is B.', 'truncated', ''],
  ['The answer is B. <think>Or is it A?', 'truncated', ''],
];
