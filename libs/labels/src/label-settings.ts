import { FaultError } from '@slowthink/faults';
import { hashId } from '@slowthink/records';
import { labelRecipeNames, labelRecipes, type LabelNumbers, type LabelRecipeName } from './label-recipes.ts';

/** Kinds of preference pairs, in the order in which a pair that is several of them belongs to the first. */
export const pairKinds = ['level', 'siblings', 'leaf'] as const;

export type PairKind = (typeof pairKinds)[number];

/** Everything that decides which rows a closed tree gives: complete, frozen, resolved once. A number that nothing uses is null, so that settings which give the same rows are the same value. */
export interface LabelSettings extends LabelNumbers {
  readonly recipe: LabelRecipeName;
  /** SFT rows a tree gives at most, those with the highest minimum value; null: all right chains. */
  readonly keepTop: number | null;
  /** A tree without a right or without a wrong chain gives no row of any kind. */
  readonly filterInvalid: boolean;
  /** What becomes of a chain with a step that no simulation valued: left out, or the step takes the value of its nearest valued ancestor and the row says so. */
  readonly unsimulated: 'leave-out' | 'inherit';
  /** In the order of pairKinds; empty: no preference rows. */
  readonly pairs: readonly PairKind[];
  /** Values of a pair differ by more than this, 0..1; null without pairs. */
  readonly pairThreshold: number | null;
  /** Pairs a tree gives at most, widest gaps first; null: all. */
  readonly pairsMax: number | null;
}

/** What a user chose; what is missing or null is the default. `pairs`: kinds, or off alone. keepTop and pairsMax: null is no bound. */
export interface LabelChoices {
  readonly recipe?: string | null;
  readonly threshold?: number | null;
  readonly beta?: number | null;
  readonly keepTop?: number | null;
  readonly filterInvalid?: boolean;
  readonly unsimulated?: LabelSettings['unsimulated'];
  readonly pairs?: readonly string[] | null;
  readonly pairThreshold?: number | null;
  readonly pairsMax?: number | null;
}

interface LabelDefaults { readonly recipe: LabelRecipeName; readonly pairs: readonly PairKind[] }

const ofV4: LabelDefaults = { recipe: 'dual-sided', pairs: ['level', 'leaf'] };

/** Defaults that go with a search recipe: both rounds of meds3-v4 train the PRM on dual-sided labels and the policy on level and leaf pairs (arXiv 2501.12051 v4); all others have soft labels and no pairs. */
const ofSearch: { readonly [searchRecipe: string]: LabelDefaults } = { 'meds3-v4': ofV4, 'meds3-v4-round-2': ofV4 };
const ofOthers: LabelDefaults = { recipe: 'soft', pairs: [] };

/**
 * The label settings of a run: choices over the defaults of its search recipe; threshold 0.5, beta 1, pair threshold 0.8, 100 pairs a tree. SETTING_INVALID for a recipe or kind that there is not, and for a number outside its range:
 * thresholds of 1 are, since no value is above them.
 */
export function resolveLabels(searchRecipe: string, choices: LabelChoices = {}): LabelSettings {
  const defaults = (Object.hasOwn(ofSearch, searchRecipe) ? ofSearch[searchRecipe] : undefined) ?? ofOthers;
  const recipe = choices.recipe ?? defaults.recipe;
  if (!isRecipeName(recipe)) throw new FaultError('SETTING_INVALID', `There are no labels "${recipe}". Known: ${labelRecipeNames.join(', ')}.`);
  const { uses } = labelRecipes[recipe];
  const pairs = kindsOf(choices.pairs ?? defaults.pairs);
  const threshold = inside('labels.threshold', choices.threshold ?? 0.5, 0, 1);
  const beta = inside('labels.beta', choices.beta ?? 1, 0, Infinity);
  const pairThreshold = inside('preference.threshold', choices.pairThreshold ?? 0.8, 0, 1);
  const [keepTop, pairsMax] = [countOf('labels.keepTop', choices.keepTop), countOf('preference.pairsMax', choices.pairsMax === undefined ? 100 : choices.pairsMax)];
  return Object.freeze({
    recipe, threshold: uses.includes('threshold') ? threshold : null, beta: uses.includes('beta') ? beta : null, keepTop, filterInvalid: choices.filterInvalid ?? false, unsimulated: choices.unsimulated ?? 'leave-out',
    pairs, pairThreshold: pairs.length > 0 ? pairThreshold : null, pairsMax: pairs.length > 0 ? pairsMax : null,
  });
}

/** Hash of all label settings; stands in every row. */
export const labelsHashOf = (settings: LabelSettings): string => hashId('labels', settings);

/** Name and hash: what tells two sets of rows apart, e.g. soft-1a2b3c4d. */
export const labelsIdOf = (settings: LabelSettings): string => `${settings.recipe}-${labelsHashOf(settings).slice(0, 8)}`;

const isRecipeName = (name: string): name is LabelRecipeName => (labelRecipeNames as readonly string[]).includes(name);

function kindsOf(names: readonly string[]): readonly PairKind[] {
  if (names.length === 1 && names[0] === 'off') return Object.freeze([]);
  const unknown = names.find((name) => !(pairKinds as readonly string[]).includes(name));
  if (unknown === 'off') throw new FaultError('SETTING_INVALID', `preference.pairs is ${names.join(', ')}; off stands alone.`);
  if (unknown !== undefined) throw new FaultError('SETTING_INVALID', `There are no preference pairs "${unknown}". Known: ${pairKinds.join(', ')}; off for none.`);
  return Object.freeze(pairKinds.filter((kind) => names.includes(kind)));
}

function inside(name: string, value: number, from: number, below: number): number {
  if (!(value >= from && value < below)) throw new FaultError('SETTING_INVALID', `${name} is ${value}; allowed: ${from} or more${below === Infinity ? '' : ` and less than ${below}`}.`);
  return value;
}

function countOf(name: string, value: number | null | undefined): number | null {
  if (value !== null && value !== undefined && !(Number.isInteger(value) && value >= 1)) throw new FaultError('SETTING_INVALID', `${name} is ${value}; allowed: a whole number of at least 1, or none.`);
  return value ?? null;
}
