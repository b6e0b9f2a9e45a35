import { FaultError } from '@slowthink/faults';

/** How the value of a step becomes its labels. */
export interface LabelRecipe {
  readonly name: string;
  readonly threshold: number; // 0..1
  /** Hard label y_k of value v_k. */
  readonly label: (value: number) => boolean;
}

const threshold = 0.5;

/**
 * A step counts as right when its backed-up value is above, not at, the threshold (arXiv 2501.12051 v2, section 3.2, hard labels):
 *
 *   y_k = 1 if v_k > 0.5, else 0
 */
const aboveThreshold = (value: number): boolean => value > threshold;

/*
 * The soft label is the value itself; every recipe keeps it in the row's `values`, since nothing else ranks chains. Trained with two-class cross-entropy (arXiv 2501.12051 v2, section 3.2, process reward model):
 *
 *   y_k = v_k        L = -mean_k [ y_k log p_k + (1 - y_k) log(1 - p_k) ]
 */

/** Label recipes by name. soft: to be trained on `values`. hard: to be trained on `labels`, y_k as above. */
export const labelRecipes: Readonly<Record<string, LabelRecipe>> = Object.freeze({
  soft: Object.freeze({ name: 'soft', threshold, label: aboveThreshold }),
  hard: Object.freeze({ name: 'hard', threshold, label: aboveThreshold }),
});

/** The recipe of a name. Throws SETTING_INVALID that lists the known ones. */
export function labelRecipe(name: string): LabelRecipe {
  if (!Object.hasOwn(labelRecipes, name)) throw new FaultError('SETTING_INVALID', `There are no labels "${name}". Known: ${Object.keys(labelRecipes).join(', ')}.`);
  return labelRecipes[name]!;
}
