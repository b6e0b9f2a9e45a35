// Which questions a search begins with (arXiv 2501.12051 v4, seeds of round 1).
export { hardestOf, hardnessOf, isAlwaysRight, isNeverRight, type CurriculumRule, type Probed } from './hardest-of.ts';
export { tallyOf, type TallyRow } from './tally-of.ts';
