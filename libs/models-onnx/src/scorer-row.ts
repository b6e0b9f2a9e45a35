import type { JsonObject, WrongFolder } from './model-folder.ts';

/** scorer.json: how the values of steps are read from the logits. */
export interface ScorerRow {
  readonly separator: string; // stands behind every step, the last one too
  readonly stepping: 'marked' | 'paragraph'; // of the rows it was trained on: "Step k: …", or paragraphs without a mark
  readonly logits: number; // a position
  readonly right: number; // 0..logits - 1, the one that says "this step is on a right way"
  readonly activation: 'softmax' | 'sigmoid';
}

/** MODEL_FOLDER_WRONG: a field that is missing or has no meaning. */
export function readScorerRow(row: JsonObject, wrong: WrongFolder): ScorerRow {
  const { scorer, separator, stepping = 'marked', logits, right, activation } = row;
  const field = (name: string, must: string) => wrong(`holds a scorer.json whose ${name} is ${JSON.stringify(row[name])}: it must be ${must}.`, 'docs/model-folders.md shows a whole scorer.json.');
  if (scorer !== 1) throw field('scorer', '1, the version of this layout');
  if (typeof separator !== 'string' || separator === '') throw field('separator', 'a text that stands between steps');
  if (stepping !== 'marked' && stepping !== 'paragraph') throw field('stepping', '"marked" or "paragraph", or left out (marked)');
  if (activation !== 'softmax' && activation !== 'sigmoid') throw field('activation', '"softmax" or "sigmoid"');
  if (typeof logits !== 'number' || !Number.isSafeInteger(logits) || logits < (activation === 'softmax' ? 2 : 1)) throw field('logits', activation === 'softmax' ? 'a whole number from 2' : 'a whole number from 1');
  if (typeof right !== 'number' || !Number.isSafeInteger(right) || right < 0 || right >= logits) throw field('right', `a whole number from 0 to ${logits - 1}`);
  return { separator, stepping, logits, right, activation };
}

/**
 * The value of a step from the logits l at its place:
 *   softmax: exp(l[right]) / sum over j of exp(l[j])      sigmoid: 1 / (1 + exp(-l[right]))
 */
export function valueOf({ right, activation }: ScorerRow, logits: ArrayLike<number>): number {
  if (activation === 'sigmoid') return 1 / (1 + Math.exp(-logits[right]!));
  let sum = 0;
  for (let j = 0; j < logits.length; j++) sum += Math.exp(logits[j]! - logits[right]!);
  return 1 / sum;
}
