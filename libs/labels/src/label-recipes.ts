import { lookBack, noise } from './look-back.ts';

/** What one step of a chain gets from a recipe. */
export interface StepLabel {
  /** What the recipe trains on, 0..1. */
  readonly target: number;
  /** y_k as right or wrong. */
  readonly label: boolean;
}

/** Numbers a recipe may ask for; null where it does not use them. */
export interface LabelNumbers {
  readonly threshold: number | null; // 0..1, exclusive: a step counts as right above it
  readonly beta: number | null; // 0.., weight of the look-back
}

/** How the values v_1 … v_m of a whole chain become its labels: a function of that chain alone. */
export interface LabelRecipe {
  readonly name: LabelRecipeName;
  /** Settings that change its labels. */
  readonly uses: readonly (keyof LabelNumbers)[];
  /** One label a value, in the same order; values 0..1, Step 0 is not among them. */
  readonly label: (values: readonly number[], numbers: LabelNumbers) => readonly StepLabel[];
}

/** Names of the recipes, in the order they are listed. */
export const labelRecipeNames = ['soft', 'hard', 'hard-rise', 'dual-sided', 'dual-sided-clamped'] as const;

export type LabelRecipeName = (typeof labelRecipeNames)[number];

/** v > threshold. A value that only rounding lifts above the threshold is at it: the mean of .5 and .5 may be .5000000000000001. */
const isAbove = (value: number, threshold: number): boolean => value > threshold + noise;

const asNumber = (label: boolean): StepLabel => ({ target: label ? 1 : 0, label });

/**
 * The value itself, trained with two-class cross-entropy (arXiv 2501.12051 v2, section 3.2, process reward model; p_k is what the model gives step k):
 *
 *   y_k = v_k        L = -mean_k [ y_k log p_k + (1 - y_k) log(1 - p_k) ]
 *
 * As 0/1, which the paper does not need and a trainer may, it is the hard label.
 */
const soft: LabelRecipe = { name: 'soft', uses: ['threshold'], label: (values, { threshold }) => values.map((value) => ({ target: value, label: isAbove(value, threshold!) })) };

/**
 * A step is right when its value is above, not at, the threshold (arXiv 2501.12051 v2, section 3.2, hard labels; threshold 0.5):
 *
 *   y_k = 1 if v_k > threshold, else 0
 */
const hard: LabelRecipe = { name: 'hard', uses: ['threshold'], label: (values, { threshold }) => values.map((value) => asNumber(isAbove(value, threshold!))) };

/**
 * A right step moreover does not lose value (arXiv 2501.12051 v2, section 3.2, variant of the hard labels):
 *
 *   y_k = 1 if v_k > threshold and v_k >= v_{k-1}, else 0        k = 1 is compared with nothing: Step 0 is no step of the policy; a loss that is only rounding is none
 */
const hardRise: LabelRecipe = {
  name: 'hard-rise', uses: ['threshold'],
  label: (values, { threshold }) => values.map((value, at) => asNumber(isAbove(value, threshold!) && (at === 0 || value >= values[at - 1]! - noise))),
};

/**
 * The look-back value, rounded up (arXiv 2501.12051 v4, dual-sided labels; beta 1). x_k and what is taken for 0 stand in look-back.ts:
 *
 *   y_k = 1 if x_k > 0, else 0
 */
const dualSided: LabelRecipe = { name: 'dual-sided', uses: ['beta'], label: (values, { beta }) => lookBack(values, beta!).map((x) => asNumber(x > 0)) };

/**
 * The look-back value as it is, clamped to 0..1, for those who train on soft labels (a variant of the above that is ours):
 *
 *   y_k = min(1, max(0, x_k))        as 0/1: y_k > threshold
 */
const dualSidedClamped: LabelRecipe = {
  name: 'dual-sided-clamped', uses: ['threshold', 'beta'],
  label: (values, { threshold, beta }) => lookBack(values, beta!).map((x) => Math.min(1, Math.max(0, x))).map((target) => ({ target, label: isAbove(target, threshold!) })),
};

/** Label recipes by name. The value v_k stands in every row beside them, since nothing else ranks chains. */
export const labelRecipes: { readonly [Name in LabelRecipeName]: LabelRecipe } = Object.freeze({ soft, hard, 'hard-rise': hardRise, 'dual-sided': dualSided, 'dual-sided-clamped': dualSidedClamped });
