export { labelRecipe, labelRecipes, type LabelRecipe } from './label-recipes.ts';
export { trajectoriesOf } from './trajectories.ts';
export { sftRow } from './sft-row.ts';
export { prmRow } from './prm-row.ts';
