import { resolveLabels, type LabelChoices, type LabelSettings } from '@slowthink/labels';
import type { runSettings, RunSettings } from './run-settings.ts';

type KeyOf<Value> = { [Key in keyof typeof runSettings]: RunSettings[Key] extends Value ? Key : never }[keyof typeof runSettings];

/** The setting of a run that chooses each label setting. Complete: a label setting without a row here, or with one of another type, does not compile. */
export const labelKeys = {
  recipe: 'labels.recipe', threshold: 'labels.threshold', beta: 'labels.beta', keepTop: 'labels.keepTop', filterInvalid: 'labels.filterInvalid', unsimulated: 'labels.unsimulated',
  pairs: 'preference.pairs', pairThreshold: 'preference.threshold', pairsMax: 'preference.pairsMax',
} as const satisfies { readonly [Name in keyof LabelSettings]: KeyOf<LabelChoices[Name]> };

const keys: ReadonlySet<string> = new Set(Object.values(labelKeys));

/** Whether a setting of a run is one of them. */
export const isLabelKey = (key: string): boolean => keys.has(key);

/** The label settings with the defaults of the search recipe: SETTING_INVALID. */
export const labelsOf = (settings: RunSettings): LabelSettings => resolveLabels(settings.recipe, Object.fromEntries(Object.entries(labelKeys).map(([name, key]) => [name, settings[key]])) as LabelChoices);
