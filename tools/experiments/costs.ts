// What systems cost, in tokens, FLOPs and minutes: making them, and decoding one question with them.
import type { Decoded, KeptRule } from './outcomes.ts';

/** Making a system from the base: searching, training and measuring on dev, all its rounds together. */
export interface Making { readonly promptTokens: number; readonly generatedTokens: number; readonly flops: number; readonly minutes: number }

export interface Costs {
  readonly making: { readonly [system: string]: Making };
  /** One question by one rule: greedy needs its own solution, every other rule all candidates, and rules over step values the scorer's reading too. FLOPs = 2 x parameters x tokens. */
  decoding(model: Decoded, rule: KeptRule, questions: number): { readonly tokens: number; readonly flops: number };
}

/** `parameters`: of the policy and of the scorer, which are alike here. */
export function costsOf(making: Costs['making'], parameters: number): Costs {
  return {
    making,
    decoding({ tokens }, rule, questions) {
      const scored = /^(?:vote-sum-(?!.*probability)|bon-)/.test(rule) ? tokens.scorer : 0;
      const read = rule === 'greedy' ? tokens.greedyPrompt + tokens.greedyGenerated : tokens.prompt + tokens.generated;
      return { tokens: (read + scored) / questions, flops: 2 * parameters * (read + scored) / questions };
    },
  };
}
