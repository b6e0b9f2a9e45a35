import type { Sampling, SearchSettings } from '@slowthink/records';

/** Some settings of a recipe, others left as they are; a sampling block may be given in part. */
export type SearchOverrides = Partial<Omit<SearchSettings, 'recipe' | SamplingName>> & { readonly [Name in SamplingName]?: Partial<Sampling> };
type SamplingName = 'step' | 'finish' | 'choice' | 'rollout';

const sampling = (temperature: number, topP: number, maxTokens: number): Sampling => Object.freeze({ temperature, topP, topK: 0, minP: 0, maxTokens });

const medsV2: SearchSettings = Object.freeze({
  recipe: 'meds3-v2',
  exploration: 2, // c in UCB
  unvisitedScore: 5,
  childrenMax: 3,
  nodesMax: 60,
  depthMax: null,
  correctLeavesMax: 4, // the paper's text says 3, the released settings 4
  samplesMax: null,
  tokensMax: null,
  gateLow: 0.5,
  gateHigh: 0.9,
  backup: 'comp',
  reflect: 'off',
  refinesMax: 0,
  wave: 1,
  forcedFinish: 'all',
  forcedFinishEnough: 3,
  simulationBase: 20,
  simulationMin: 5,
  simulating: 'fixed',
  questionTokensMax: 8192,
  prompting: 'one-shot',
  stepping: 'marked',
  choosing: 'asked',
  grader: 'rules',
  step: sampling(1, 0.95, 512),
  finish: sampling(1, 0.95, 1024),
  choice: sampling(1, 1, 4), // one word
  rollout: sampling(0.6, 0.9, 1024), // round 1
});

const medsV4: SearchSettings = Object.freeze({ ...medsV2, recipe: 'meds3-v4', reflect: 'wrong', refinesMax: 1 });

/**
 * Search recipes by name, complete and frozen.
 *
 * `meds3-v2`: arXiv 2501.12051 v2, section 3.1 and appendix: Reason and Finish, one round. Token limits are ours (the paper gives none for a single step).
 *
 * `meds3-v4`: arXiv 2501.12051 v4, round 1: the same and Reflect, one refine on the path of a wrong Finish.
 * `meds3-v4-round-2`: its second round, for a policy that was trained on the first: the bare question, and rollouts as the policy itself would go on (T 1, top_p 0.9, 1,536 tokens).
 *
 * `seed-cpu`: the same search for a small model that knows bare questions and their solutions and nothing else: nobody asks it "Reason or Finish?" (a step that states an answer is a Finish),
 * and steps, Finishes and rollouts of a node continue one and the same prefix, so that an engine computes it once. A small model writes the same step often, so an expansion is wide (6) and simulated little (3):
 * of 64 trees 58 then hold a right and a wrong chain, against 43 with 3 children and 4 simulations at the same cost. A tree that spends its samples comes to about 120 of them: each expansion costs 24
 * (6 steps, 3 simulations of each), no new one begins from 50 on (`samplesMax` counts steps, Finishes and simulations), and on top come the forced Finishes: 1 for each open leaf, and 3 for each step
 * that such a Finish writes before its last. Measured: 125 a tree over 2,000 questions.
 */
export const recipes: Readonly<Record<string, SearchSettings>> = Object.freeze({
  'meds3-v2': medsV2,
  'meds3-v4': medsV4,
  'meds3-v4-round-2': Object.freeze({ ...medsV4, recipe: 'meds3-v4-round-2', prompting: 'bare', rollout: sampling(1, 0.9, 1536) }),
  'seed-cpu': Object.freeze({
    ...medsV2,
    recipe: 'seed-cpu',
    childrenMax: 6,
    nodesMax: 40,
    depthMax: 8,
    samplesMax: 50, // about 120 with the forced Finishes, see above
    simulationBase: 3, // 3 at every depth
    simulationMin: 3,
    questionTokensMax: 512,
    prompting: 'bare',
    choosing: 'from-text', // `choice` is never used
    step: sampling(1, 1, 64),
    finish: sampling(1, 1, 224),
    rollout: sampling(1, 1, 224),
  }),
});

/** Overrides by name, for any recipe. paper: the recipe as it is. small: 20 nodes, depth 6. laptop: a few nodes with few and short rollouts, for a small model on a CPU. */
export const presets: Readonly<Record<string, SearchOverrides>> = Object.freeze({
  paper: Object.freeze({}),
  small: Object.freeze({ nodesMax: 20, depthMax: 6 }),
  laptop: Object.freeze({
    nodesMax: 5, childrenMax: 2, simulationBase: 2, simulationMin: 2, correctLeavesMax: 2,
    forcedFinish: 'untilEnough', forcedFinishEnough: 0, // forced until one leaf is right
    step: { maxTokens: 24 }, finish: { maxTokens: 40 }, rollout: { maxTokens: 40 },
  } satisfies SearchOverrides),
});
