/** One chain of PRMBench. */
export interface PrmScoreItem {
  readonly errorClass: string;
  /** For each step: is it right, as the data set has it. */
  readonly right: readonly boolean[];
  /** The same, as the scorer has it; shorter: the steps behind are left out. */
  readonly predicted: readonly boolean[];
  /** What the scorer says of the steps of the unchanged chain of the same problem, where the data set has it. */
  readonly original?: readonly boolean[];
}

export interface PrmScore {
  readonly steps: number;
  readonly wrongSteps: number;
  /** F1 of the right steps; null where it has no denominator. */
  readonly f1: number | null;
  /** F1 of the wrong steps; null where no step is wrong. */
  readonly negativeF1: number | null;
  /** Mean of both; F1 alone where no step is wrong; null without F1. */
  readonly score: number | null;
  /** How far the share of steps called right lies from that of the unchanged chain, mean over items that have one: near 0, the scorer sees no difference. Null without such items. */
  readonly similarity: number | null;
}

/**
 * PRMScore (PRMBench, arXiv 2501.03124, section 3.4; its repository computes 0.5 F1 + 0.5 negative F1): over the steps of all items together, and by error class. A positive is a right step.
 *
 *   F1 = 2 TP / (2 TP + FP + FN),   negative F1 = 2 TN / (2 TN + FN + FP),   PRMScore = (F1 + negative F1) / 2
 *   similarity = mean | share of `predicted` - share of `original` |
 *
 * The class of several right solutions has no wrong step: its negative F1 is not defined, and its score is the F1. Items of the class `correct` (the unchanged chains) stand in no total, as in the original code.
 */
export function prmScore(items: readonly PrmScoreItem[]): { readonly total: PrmScore; readonly classes: ReadonlyMap<string, PrmScore> } {
  const classes = Map.groupBy(items, ({ errorClass }) => errorClass);
  return { total: scoreOf(items.filter(({ errorClass }) => errorClass !== 'correct')), classes: new Map(Array.from(classes, ([name, some]) => [name, scoreOf(some)])) };
}

function scoreOf(items: readonly PrmScoreItem[]): PrmScore {
  let [tp, fp, tn, fn] = [0, 0, 0, 0];
  for (const { right, predicted } of items) {
    for (let step = 0; step < Math.min(right.length, predicted.length); step++) {
      if (right[step]!) { if (predicted[step]!) tp++; else fn++; } else if (predicted[step]!) fp++; else tn++;
    }
  }
  const f1Of = (hits: number): number | null => (2 * hits + fp + fn > 0 ? 2 * hits / (2 * hits + fp + fn) : null);
  const wrongSteps = fp + tn, f1 = f1Of(tp), negativeF1 = wrongSteps > 0 ? f1Of(tn) : null;
  return { steps: tp + fn + wrongSteps, wrongSteps, f1, negativeF1, score: f1 === null ? null : negativeF1 === null ? f1 : (f1 + negativeF1) / 2, similarity: similarityOf(items) };
}

function similarityOf(items: readonly PrmScoreItem[]): number | null {
  const gaps = items.flatMap(({ predicted, original }) => (original === undefined || original.length === 0 || predicted.length === 0 ? [] : [Math.abs(shareOf(predicted) - shareOf(original))]));
  return gaps.length === 0 ? null : gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
}

const shareOf = (steps: readonly boolean[]): number => steps.filter(Boolean).length / steps.length;
