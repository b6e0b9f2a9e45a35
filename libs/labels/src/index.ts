export { finishedChains, type Chain, type ChainStep } from './chains.ts';
export { labelRecipeNames, labelRecipes, type LabelNumbers, type LabelRecipe, type LabelRecipeName, type StepLabel } from './label-recipes.ts';
export { labelsHashOf, labelsIdOf, pairKinds, resolveLabels, type LabelChoices, type LabelSettings, type PairKind } from './label-settings.ts';
export { labelTree } from './label-tree.ts';
export { sftRow } from './sft-row.ts';
export { prmRow } from './prm-row.ts';
export { preferenceRow } from './preference-row.ts';
export { preferenceStepsRow } from './preference-steps-row.ts';
