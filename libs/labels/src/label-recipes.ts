import { FaultError } from '@slowthink/faults';

/** How the value of a step becomes its labels. */
export interface LabelRecipe {
  readonly name: string;
  readonly threshold: number; // 0..1
  /** Hard label y_k of value v_k. */
  readonly label: (value: number) => boolean;
  /** What the row carries as the step's value, 0..1. */
  readonly target: (value: number) => number;
}

const threshold = 0.5;

/**
 * A step counts as right when its backed-up value is above, not at, the threshold (arXiv 2501.12051 v2, section 3.2, hard labels):
 *
 *   y_k = 1 if v_k > 0.5, else 0
 */
const aboveThreshold = (value: number): boolean => value > threshold;

/**
 * The soft label is the value itself, trained with two-class cross-entropy (arXiv 2501.12051 v2, section 3.2, process reward model):
 *
 *   y_k = v_k        L = -mean_k [ y_k log p_k + (1 - y_k) log(1 - p_k) ]
 */
const itself = (value: number): number => value;

/** Label recipes by name. soft: values = v_k, labels beside them. hard: values are the labels as 0 and 1. */
export const labelRecipes: Readonly<Record<string, LabelRecipe>> = Object.freeze({
  soft: Object.freeze({ name: 'soft', threshold, label: aboveThreshold, target: itself }),
  hard: Object.freeze({ name: 'hard', threshold, label: aboveThreshold, target: (value: number) => (aboveThreshold(value) ? 1 : 0) }),
});

/** The recipe of a name. Throws SETTING_INVALID that lists the known ones. */
export function labelRecipe(name: string): LabelRecipe {
  if (!Object.hasOwn(labelRecipes, name)) throw new FaultError('SETTING_INVALID', `There are no labels "${name}". Known: ${Object.keys(labelRecipes).join(', ')}.`);
  return labelRecipes[name]!;
}
