// MCTS data synthesis of arXiv 2501.12051 (section 3.1; Reflect of version 4) as a fold over events. Where the paper is silent, this is what the search does:
// - expansions count from 1 in each tree; a tree expands the leaves of a wave (1 in the paper) side by side, and forced finishes (mode `all`) together, folded in their order;
// - the root is always expanded; stop rules are asked between waves, so each limit can be overshot by one; every node counts, also the root and failed children;
// - a failed child or simulation leaves a node without a value: never selected, never backed up, no right leaf, and nothing below it in its chain gets a value;
// - a node expanded in vain is closed, the search goes on elsewhere; the tree fails only when no child of the root has a value;
// - a leaf at depthMax is not expanded but may get a forced Finish; a forced Finish without an answer is simulated and not forced again;
// - the steps of a Finish before its last stay Reason nodes even when one states an answer; the verdict is on the whole continuation, as for a rollout with the same words;
// - a Reason sample counts up to the end of its first step; so does a Reflect, which is a Finish when it states an answer;
// - the quota of refines belongs to the path: `refinesMax` Reflects from the root to a Finish; a Finish whose Reflect failed stays a Finish.
export { presets, recipes, type SearchOverrides } from './recipes.ts';
export { resolveSearch } from './resolve-search.ts';
export type { Arrivals, Expansion, Node, Search, Tree, TreeEvent } from './tree.ts';
export { openedEvent, type Opening } from './opened-event.ts';
export { refusalOf, type Refusal } from './refusal.ts';
export { apply } from './apply.ts';
export { next, type Next } from './next.ts';
export type { SearchRequest } from './requests.ts';
export { choiceEvent } from './choice-event.ts';
export type { StatedAnswer, StepSample } from './read-sample.ts';
export { simulationsAt } from './simulation-rounds.ts';
export { answersToJudge, expansionEvents, failedExpansionEvents } from './expansion-events.ts';
export { snapshotEvents } from './snapshot.ts';
export { nodesSoFar, treeRecord } from './tree-record.ts';
export { printTree } from './print-tree.ts';
