// What step scorers differ in, as data: one row each. The engine inside the process and the adapters of servers read the same rows.

export interface ScorerRow {
  /** Stands behind every step, the last one too. */
  readonly separator: string;
  /** The part of the separator at whose last token the value of the step in front is read. */
  readonly mark: string;
  /** How a mark is found. text: by its bytes, whatever tokens they are in (a line end that a tokenizer joins with a full stop). token: it is one token of the vocabulary, and no step may hold it. */
  readonly markIs: 'text' | 'token';
  /** Of the rows it was trained on: "Step k: …", or paragraphs without a mark. */
  readonly stepping: 'marked' | 'paragraph';
  /** Whether it reads the fixed Step 0 before the others. It is never valued. */
  readonly stepZero: 'kept' | 'left-out';
  /** chat: the question is the user's turn and the steps are the assistant's, by the chat template of the model. plain: question, a space, steps, as one text behind the tokens that the tokenizer puts before any text. */
  readonly turns: 'chat' | 'plain';
  /** The system turn of its training rows; '' for none. Where turns are plain there is none. */
  readonly system: string;
  /** labels: a head of `logits` numbers a position. words: a language model, of whose next-token logits those of `words` are read. */
  readonly head: 'labels' | 'words';
  /** Of a words head, in the order of its logits: each one token behind a text. Else empty. */
  readonly words: readonly string[];
  readonly logits: number; // a position, 1..; with a words head as many as words
  readonly right: number; // 0..logits - 1, the one that says "this step is on a right way"
  readonly activation: 'softmax' | 'sigmoid';
}

/** The row that scorer.json of before had no words for: what a field means when it is left out. */
export const usualRow: ScorerRow = { separator: '\n\n', mark: '\n\n', markIs: 'text', stepping: 'marked', stepZero: 'kept', turns: 'chat', system: '', head: 'labels', words: [], logits: 2, right: 1, activation: 'softmax' };

/**
 * Known formats. None was run on its released weights here: the rows follow the model cards and the released code.
 *   medsss           pixas/MedSSS_PRM: token classification with 2 labels, softmax, at the "\n\n" behind each step
 *   medsss-sigmoid   the same head read as the binary cross-entropy of the second version of the paper trains it: the sigmoid of logit 1
 *   one-logit        a head of one logit, sigmoid, else as medsss
 *   qwen-prm         Qwen/Qwen2.5-Math-PRM-7B and -72B: <extra_0> behind each step, 2 labels, softmax, its own system turn
 *   math-shepherd    peiyi9979/math-shepherd-mistral-7b-prm: "Step k: … ки\n", next-token logits of "+" and "-" at "ки", softmax over the two
 */
export const scorerRows = {
  'medsss': usualRow,
  'medsss-sigmoid': { ...usualRow, activation: 'sigmoid' },
  'one-logit': { ...usualRow, logits: 1, right: 0, activation: 'sigmoid' },
  'qwen-prm': { ...usualRow, separator: '<extra_0>', mark: '<extra_0>', markIs: 'token', stepping: 'paragraph', stepZero: 'left-out', system: 'Please reason step by step, and put your final answer within \\boxed{}.' },
  'math-shepherd': { ...usualRow, separator: ' ки\n', mark: 'ки', markIs: 'token', stepZero: 'left-out', turns: 'plain', head: 'words', words: [' +', ' -'], right: 0 },
} as const satisfies Record<string, ScorerRow>;

export type ScorerRowName = keyof typeof scorerRows;
export const scorerRowNames = Object.keys(scorerRows) as readonly ScorerRowName[];
export const isScorerRowName = (text: unknown): text is ScorerRowName => typeof text === 'string' && Object.hasOwn(scorerRows, text);

const released: readonly (readonly [RegExp, ScorerRowName])[] = [[/medsss.*prm/i, 'medsss'], [/qwen2?\.?5?-math-prm/i, 'qwen-prm'], [/math-?shepherd/i, 'math-shepherd']];

/** The row of a released model by its name ("Qwen/Qwen2.5-Math-PRM-7B"); undefined for another one. */
export const rowOfModel = (model: string): ScorerRowName | undefined => released.find(([name]) => name.test(model))?.[1];

/**
 * The value of a step from the logits l at its place:
 *   softmax: exp(l[right]) / sum over j of exp(l[j])      sigmoid: 1 / (1 + exp(-l[right]))
 */
export function valueOf({ right, activation }: Pick<ScorerRow, 'right' | 'activation'>, logits: ArrayLike<number>): number {
  if (activation === 'sigmoid') return 1 / (1 + Math.exp(-logits[right]!));
  let sum = 0;
  for (let j = 0; j < logits.length; j++) sum += Math.exp(logits[j]! - logits[right]!);
  return 1 / sum;
}
