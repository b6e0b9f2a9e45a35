export { readMedsssRow, type MedsssChain, type MedsssRow, type MedsssStep } from './medsss-row.ts';
export { treeOfRow, type ImportFrame, type ImportTally, type ImportedTree, type VerdictsOf } from './tree-of-row.ts';
export { chainForms, rowOfTree, type ChainForm, type WrittenForm, type WrittenRow } from './row-of-tree.ts';
