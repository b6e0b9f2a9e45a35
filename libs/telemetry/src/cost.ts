// cost = promptTokens / 10^6 · input + completionTokens / 10^6 · output

/** Money for a million tokens, in any currency. Where one of the two is null, those tokens cost nothing; where both are, no cost is known. */
export interface Prices {
  readonly input: number | null; // of prompts
  readonly output: number | null; // of what is generated
}

export const noPrices: Prices = Object.freeze({ input: null, output: null });

/** What tokens cost, rounded to a millionth; null without a price. */
export function costOf({ promptTokens, completionTokens }: { readonly promptTokens: number; readonly completionTokens: number }, { input, output }: Prices): number | null {
  if (input === null && output === null) return null;
  return Math.round(promptTokens * (input ?? 0) + completionTokens * (output ?? 0)) / 1e6; // a price for a million is a millionth of it for one
}
