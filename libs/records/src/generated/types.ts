// Generated from schemas/ by "npm run generate". Do not edit.

/**
 * How an answer to a question is judged. No model adapter can import this type (law 8).
 */
export type Gold =
  | {
      kind: 'choice';
      /**
       * letter of the right option
       */
      answer: string;
      /**
       * in the order of the question
       */
      options: {
        letter: string;
        text: string;
      }[];
    }
  | {
      kind: 'yes-no-maybe';
      answer: 'yes' | 'no' | 'maybe';
    }
  | {
      kind: 'number';
      /**
       * the right value
       */
      answer: number;
      /**
       * canonical unit; empty: a bare number
       */
      unit: string;
      /**
       * largest relative error that counts as right, 0..1
       */
      tolerance: number;
      /**
       * with upper: smallest value that is right; the tolerance is not looked at
       */
      lower?: number;
      /**
       * largest value that is right
       */
      upper?: number;
    }
  | {
      kind: 'text';
      /**
       * text of the right option, as it stands in options
       */
      answer: string;
      /**
       * texts of all options, which have no letters
       */
      options: string[];
    }
  | {
      kind: 'digit';
      /**
       * digit of the right class
       */
      answer: string;
      /**
       * every class with its words; left out: any digit is one
       */
      classes?: {
        digit: string;
        /**
         * words of the class; empty: it goes by its digit alone
         */
        text: string;
      }[];
    }
  | {
      kind: 'span';
      /**
       * the right words
       */
      answer: string;
      /**
       * other wordings that are right
       */
      alternatives?: string[];
    }
  | {
      kind: 'name';
      /**
       * the right name
       */
      answer: string;
      /**
       * every name that the question allows, the right one among them; left out: any words are a name
       */
      names?: string[];
      /**
       * synonyms of the right name
       */
      alternatives?: string[];
    }
  | {
      kind: 'open';
      /**
       * reference answer; no rule judges it, only a grader of the kind command or judge
       */
      answer: string;
    };

/**
 * One candidate solution as decoding rules see it: steps, their values, its answer.
 */
export interface Candidate {
  /**
   * Step 1 first; normalised texts without "Step k:"; Step 0 is fixed and left out
   */
  steps: string[];
  /**
   * one a step, 0..1; null: no scorer, or it could not score this one
   */
  values: number[] | null;
  /**
   * fault code that says why values is null
   */
  unscored?: string;
  verdict: Verdict;
  /**
   * by the released code's exact-match rule; only with --grader-too medsss
   */
  exact?: 'right' | 'wrong';
  /**
   * what a thinking model thought
   */
  reasoning?: string;
  truncated: boolean;
  /**
   * generated
   */
  tokens: number;
  seed: number;
}
/**
 * The one verdict type on an answer, used by search, labels and evaluation.
 */
export interface Verdict {
  status: 'right' | 'wrong' | 'none';
  why?: 'no answer' | 'truncated' | 'several answers';
  /**
   * the answer as the text gives it; empty with status none
   */
  answer: string;
  /**
   * the key under which equal answers meet; empty with status none
   */
  normalised: string;
  /**
   * name of the extraction rule that found the answer
   */
  rule: string;
}
/**
 * N candidate solutions of a benchmark item, ungraded. Holds the item, so that they are judged from this alone.
 */
export interface CandidatesRecord {
  type: 'candidates';
  v: 1;
  item: QuestionRecord;
  requestId: string;
  policy: PolicyIdentity;
  /**
   * how the candidates were made: sample, or beam:W
   */
  decode: string;
  sampling: Sampling;
  /**
   * in seed order
   */
  samples: Solution[];
  /**
   * at temperature 0; null where none was asked for
   */
  greedy: Solution | null;
  usage: DecodingUsage;
  greedyUsage?: DecodingUsage1;
  /**
   * of a search over steps: what the scorer cost while it steered
   */
  scorerUsage?: {
    requests: number;
    promptTokens: number;
    completionTokens: number;
  };
}
/**
 * as it was imported
 */
export interface QuestionRecord {
  type: 'question';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  id: string;
  dataset: string;
  /**
   * split of the source
   */
  split: string;
  /**
   * benchmark questions are sealed only on request
   */
  role: 'train' | 'dev' | 'benchmark';
  /**
   * 1 first; retry counts up
   */
  attempt: number;
  prompt: Prompt;
  gold: Gold;
}
/**
 * What a model may see of a question. Never holds gold.
 */
export interface Prompt {
  /**
   * the question as it is asked, options included
   */
  text: string;
  /**
   * earlier turns of the conversation, oldest first, user and assistant by turns; text is the last turn of the user
   */
  history?: {
    role: 'user' | 'assistant';
    content: string;
  }[];
}
/**
 * Which model answered; a tree pins it.
 */
export interface PolicyIdentity {
  /**
   * name the server or engine uses
   */
  model: string;
  /**
   * what changes when the weights change; never a time or a path
   */
  revision: string;
}
/**
 * Sampling parameters; all are always sent, since the defaults of servers differ.
 */
export interface Sampling {
  /**
   * 0..
   */
  temperature: number;
  /**
   * 0..1
   */
  topP: number;
  /**
   * 0: off
   */
  topK: number;
  /**
   * 0..1; 0: off
   */
  minP: number;
  /**
   * generated tokens a sample
   */
  maxTokens: number;
}
/**
 * One whole solution that the policy wrote of a benchmark item.
 */
export interface Solution {
  /**
   * what follows Step 0 and the open mark of Step 1
   */
  text: string;
  /**
   * what a thinking model thought; not graded
   */
  reasoning?: string;
  /**
   * generation ended at the token limit
   */
  truncated: boolean;
  /**
   * generated
   */
  tokens: number;
  seed: number;
}
/**
 * of the samples
 */
export interface DecodingUsage {
  requests: number;
  /**
   * texts received
   */
  samples: number;
  /**
   * tokens of prompts, once a request
   */
  promptTokens: number;
  /**
   * tokens generated, all samples
   */
  completionTokens: number;
  /**
   * part of promptTokens that a prefix cache held, where the server says so; no other number depends on it
   */
  cachedTokens?: number;
}
/**
 * What the candidates of an item cost at the policy.
 */
export interface DecodingUsage1 {
  requests: number;
  /**
   * texts received
   */
  samples: number;
  /**
   * tokens of prompts, once a request
   */
  promptTokens: number;
  /**
   * tokens generated, all samples
   */
  completionTokens: number;
  /**
   * part of promptTokens that a prefix cache held, where the server says so; no other number depends on it
   */
  cachedTokens?: number;
}
/**
 * The policy chose the action of each child of an expansion.
 */
export interface ChosenEvent {
  type: 'chosen';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  questionId: string;
  /**
   * hash of run, question and attempt
   */
  treeId: string;
  /**
   * number of the expansion in its tree
   */
  expansion: number;
  /**
   * node path
   */
  parentId: string;
  /**
   * by child index
   */
  actions: ('reason' | 'finish')[];
  requestId: string;
  usage: Usage;
}
/**
 * Model tokens that a request cost.
 */
export interface Usage {
  /**
   * requests of the search, however many the server made of them
   */
  requests: number;
  /**
   * texts received
   */
  samples: number;
  /**
   * tokens of prompts, once a request
   */
  promptTokens: number;
  /**
   * tokens generated, all samples
   */
  completionTokens: number;
  /**
   * requests that only chose an action, part of requests
   */
  choices?: number;
}
/**
 * Last event of a tree.
 */
export interface ClosedEvent {
  type: 'closed';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  questionId: string;
  /**
   * hash of run, question and attempt
   */
  treeId: string;
  status: 'closed' | 'failed';
  /**
   * name of the stop rule
   */
  stop: string;
}
/**
 * Every sampled text of one node; only trace and regrading read it.
 */
export interface CompletionsRecord {
  type: 'completions';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  questionId: string;
  /**
   * hash of run, question and attempt
   */
  treeId: string;
  nodeId: string;
  /**
   * as in rollout
   */
  round: number;
  requestId: string;
  samples: {
    text: string;
    /**
     * what a thinking model thought; not graded
     */
    reasoning?: string;
    truncated: boolean;
    tokens: number;
    seed: number;
    verdict: Verdict;
  }[];
}
/**
 * Nothing of this batch follows in this partition.
 */
export interface EndRecord {
  type: 'end';
  v: 1;
  batch: string;
  /**
   * questions of the batch in this partition
   */
  count: number;
}
/**
 * One new node, or the failure of one child. Self-contained: whoever rolls it out needs no tree.
 */
export interface ExpansionEvent {
  type: 'expansion';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  questionId: string;
  /**
   * hash of run, question and attempt
   */
  treeId: string;
  /**
   * number of the expansion in its tree
   */
  expansion: number;
  /**
   * node path of the expanded node
   */
  parentId: string;
  /**
   * index of the child in the expansion
   */
  child: number;
  /**
   * place in the chain when one Finish wrote several steps; 0 first
   */
  chain: number;
  /**
   * nodes this child brought
   */
  chainLength: number;
  /**
   * path, e.g. 0.2.1
   */
  nodeId: string;
  /**
   * root 0
   */
  depth: number;
  /**
   * what the node is
   */
  action: 'reason' | 'finish' | 'reflect';
  /**
   * what the policy was asked for: a Reason that states an answer is a Finish, a Finish without one a Reason
   */
  asked: 'reason' | 'finish' | 'reflect';
  /**
   * true: a forced Finish after the search
   */
  forced: boolean;
  outcome: 'ok' | 'failed';
  /**
   * step text without its "Step k: " mark; empty when failed
   */
  text: string;
  /**
   * what a thinking model thought before it wrote; stands on the first node of a sample
   */
  reasoning?: string;
  /**
   * generation ended at its token limit
   */
  truncated: boolean;
  verdict?: Verdict;
  fault?: {
    /**
     * see libs/faults
     */
    code: string;
    message: string;
  };
  /**
   * completions to sample from this node; 0: none (a Finish, or failed)
   */
  rollouts: number;
  /**
   * seed of rollout sample 0
   */
  seed: number;
  /**
   * texts of Step 0 to this node
   */
  steps: string[];
  prompt: Prompt;
  gold: Gold;
  prompting: 'one-shot' | 'bare';
  /**
   * how the policy writes steps: "Step k: …", or one paragraph a step without a mark
   */
  stepping: 'marked' | 'paragraph';
  rollout: Sampling;
  policy: PolicyIdentity;
  /**
   * of the request that wrote the text
   */
  requestId: string;
  usage: Usage;
}
/**
 * A record that could not be processed, with its place and its bytes.
 */
export interface FaultRecord {
  type: 'fault';
  v: 1;
  /**
   * see libs/faults
   */
  code: string;
  blame: 'record' | 'environment';
  /**
   * slowthink retry may help
   */
  retry: boolean;
  stage: string;
  message: string;
  /**
   * what to do next
   */
  hint: string;
  /**
   * question id where one is known, else the key of the record
   */
  key: string;
  /**
   * topic/partition/offset, or file:line
   */
  place: string;
  questionId?: string;
  treeId?: string;
  nodeId?: string;
  original?: {
    /**
     * the original bytes; above 256 KB the head
     */
    text: string;
    /**
     * bytes in all
     */
    length: number;
    /**
     * of all bytes
     */
    sha256: string;
  };
}
/**
 * How often the base policy solves a question without a search: hardness = 1 - right / n. Holds the question, so that a curriculum is made from these records alone.
 */
export interface HardnessRecord {
  type: 'hardness';
  v: 1;
  question: QuestionRecord1;
  /**
   * solutions with a right answer
   */
  right: number;
  /**
   * solutions judged (k in the paper: 8)
   */
  n: number;
  /**
   * solutions without an answer, part of n
   */
  none: number;
  /**
   * hash of the run's seed and the question id; solution i has seed + i
   */
  seed: number;
  policy: PolicyIdentity;
  requestId: string;
  usage: Usage;
}
/**
 * as it was imported
 */
export interface QuestionRecord1 {
  type: 'question';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  id: string;
  dataset: string;
  /**
   * split of the source
   */
  split: string;
  /**
   * benchmark questions are sealed only on request
   */
  role: 'train' | 'dev' | 'benchmark';
  /**
   * 1 first; retry counts up
   */
  attempt: number;
  prompt: Prompt;
  gold: Gold;
}
/**
 * First event of a tree: everything that decides what it becomes.
 */
export interface OpenedEvent {
  type: 'opened';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  questionId: string;
  /**
   * hash of run, question and attempt
   */
  treeId: string;
  dataset: string;
  /**
   * split of the source
   */
  split: string;
  /**
   * benchmark questions are sealed only on request
   */
  role: 'train' | 'dev' | 'benchmark';
  attempt: number;
  /**
   * hash of seed, recipe, semantic settings, policy revision
   */
  run: string;
  settingsHash: string;
  /**
   * base seed of the tree, below 2^31
   */
  seed: number;
  policy: PolicyIdentity;
  search: SearchSettings;
  prompt: Prompt;
  gold: Gold;
}
/**
 * One recipe with its numbers: everything that decides what a tree becomes. It belongs to the tree (law 6).
 */
export interface SearchSettings {
  /**
   * name of the recipe, e.g. meds3-v2
   */
  recipe: string;
  /**
   * c in UCB = v + c sqrt(ln n_parent / n_child)
   */
  exploration: number;
  /**
   * score of a child with n = 0
   */
  unvisitedScore: number;
  /**
   * children of an expansion
   */
  childrenMax: number;
  /**
   * stop when the tree has this many nodes, root included; checked between expansions
   */
  nodesMax: number;
  /**
   * a node this deep is not selected; null: no limit
   */
  depthMax: number | null;
  /**
   * stop at this many right Finish leaves with distinct chain texts
   */
  correctLeavesMax: number;
  /**
   * stop selecting when the tree has asked for this many samples; null: no limit
   */
  samplesMax: number | null;
  /**
   * stop selecting when the tree has generated this many tokens; null: no limit
   */
  tokensMax: number | null;
  /**
   * a Finish below is wrong
   */
  gateLow: number;
  /**
   * a node whose own simulation value reaches this gets one Finish
   */
  gateHigh: number;
  /**
   * comp: v <- 1/2 (v + sum n_ch v_ch / sum n_ch); mean: v <- sum n_ch v_ch / sum n_ch
   */
  backup: 'comp' | 'mean';
  /**
   * which Finishes get a Reflect child when they are selected; gold may decide where (wrong), never the words
   */
  reflect: 'off' | 'wrong' | 'always';
  /**
   * Reflects on one path from the root at most: a Finish has quota left below that
   */
  refinesMax: number;
  /**
   * leaves selected at once, with virtual loss; 1: the reference. It belongs to the tree and never to the load
   */
  wave: number;
  /**
   * which open leaves get one Finish after the search
   */
  forcedFinish: 'all' | 'untilEnough' | 'none';
  /**
   * forced finishes happen while at most this many right leaves exist
   */
  forcedFinishEnough: number;
  /**
   * n_sim = max(floor(base / (depth + 1)), simulationMin)
   */
  simulationBase: number;
  simulationMin: number;
  /**
   * fixed: n_sim completions a node; adaptive: the same number for the nodes of an expansion together, more where the value is uncertain
   */
  simulating: 'fixed' | 'adaptive';
  /**
   * longer questions are refused
   */
  questionTokensMax: number;
  /**
   * one-shot: instruction and a worked example (round 1); bare: the question alone (round 2 and later)
   */
  prompting: 'one-shot' | 'bare';
  /**
   * how the policy writes steps: "Step k: …", or one paragraph a step without a mark
   */
  stepping: 'marked' | 'paragraph';
  /**
   * true: the policy thinks before it writes; no stop string ends a sample, which could end a thought, and a choice gets the tokens of a step. Left out: false
   */
  thinking?: boolean;
  /**
   * asked: the policy says Reason or Finish; from-text: every child is a Reason, and one that states an answer is a Finish
   */
  choosing: 'asked' | 'from-text';
  /**
   * rules: the grader of libs/answers; command:NAME or judge:MODEL: a program or a chat model judges
   */
  grader: string;
  step: Sampling;
  finish: Sampling;
  choice: Sampling;
  rollout: Sampling;
}
/**
 * One side of a pair: the steps from Step 1 to a node, and the value that is compared.
 */
export interface PairSide {
  /**
   * last node
   */
  nodeId: string;
  /**
   * v of the last node; for pairs of the kind leaf the minimum over the chain
   */
  value: number;
  /**
   * normalised answer of a Finish; empty for an unfinished prefix
   */
  answer: string;
  /**
   * Step 1 to the last
   */
  steps: {
    nodeId: string;
    requestId: string;
    text: string;
  }[];
}
/**
 * Two step prefixes of one tree, of which one is preferred.
 */
export interface PairRecord {
  type: 'pair';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  questionId: string;
  /**
   * hash of run, question and attempt
   */
  treeId: string;
  dataset: string;
  /**
   * split of the source
   */
  split: string;
  /**
   * benchmark questions are sealed only on request
   */
  role: 'train' | 'dev' | 'benchmark';
  attempt: number;
  run: string;
  settingsHash: string;
  seed: number;
  policy: PolicyIdentity;
  /**
   * search recipe
   */
  recipe: string;
  /**
   * label recipe
   */
  labels: string;
  /**
   * hash of all label settings
   */
  labelsHash: string;
  /**
   * how the steps are written: "Step k: …", or one paragraph a step
   */
  stepping: 'marked' | 'paragraph';
  /**
   * place among the pairs of its tree, widest gap first
   */
  ordinal: number;
  /**
   * level: same depth, other parents; siblings: best and worst child; leaf: a right and a wrong chain
   */
  kind: 'level' | 'siblings' | 'leaf';
  /**
   * true: both sides end with a Finish; false: prefixes that do not end the turn
   */
  finished: boolean;
  /**
   * value of chosen minus value of rejected
   */
  gap: number;
  /**
   * Reflect steps among the nodes of both sides
   */
  reflects: number;
  prompt: Prompt;
  /**
   * gold answer as text
   */
  gold: string;
  chosen: PairSide;
  rejected: PairSide;
}
/**
 * A finished Parquet part; only listed files are data.
 */
export interface PartRecord {
  type: 'part';
  v: 1;
  kind: string;
  /**
   * name inside parts/
   */
  file: string;
  partition: number;
  /**
   * of trajectories
   */
  firstOffset: number;
  /**
   * of trajectories, inclusive
   */
  lastOffset: number;
  rows: number;
  bytes: number;
  sha256: string;
  /**
   * label recipe and hash of the label settings, e.g. soft-1a2b3c4d
   */
  labels: string;
}
/**
 * Two finished chains of one tree as TRL DPOTrainer takes them.
 */
export interface PreferenceRow {
  /**
   * the question: a user turn, or a conversation that ends with one
   */
  prompt: {
    role: string;
    content: string;
  }[];
  /**
   * one assistant turn: the preferred chain, Step 0 to its Finish
   */
  chosen: {
    role: string;
    content: string;
  }[];
  /**
   * one assistant turn: the other chain
   */
  rejected: {
    role: string;
    content: string;
  }[];
  pair_kind: 'level' | 'siblings' | 'leaf';
  /**
   * chosen_value minus rejected_value
   */
  gap: number;
  /**
   * value of the last step, 0..1; for pairs of the kind leaf the minimum over the steps
   */
  chosen_value: number;
  /**
   * value of the last step, 0..1; for pairs of the kind leaf the minimum over the steps
   */
  rejected_value: number;
  /**
   * steps, Step 0 apart
   */
  chosen_depth: number;
  /**
   * steps, Step 0 apart
   */
  rejected_depth: number;
  /**
   * normalised answer; empty for an unfinished prefix
   */
  chosen_answer: string;
  /**
   * normalised answer; empty for an unfinished prefix
   */
  rejected_answer: string;
  /**
   * question/tree/chosen node/rejected node
   */
  id: string;
  question_id: string;
  tree_id: string;
  /**
   * last node
   */
  chosen_id: string;
  /**
   * last node
   */
  rejected_id: string;
  /**
   * place among the pairs of its tree, widest gap first
   */
  ordinal: number;
  dataset: string;
  /**
   * train, or test for benchmark questions
   */
  split: string;
  role: string;
  /**
   * true: never train on this row
   */
  benchmark: boolean;
  run: string;
  recipe: string;
  labels_recipe: string;
  /**
   * hash of all label settings
   */
  labels_hash: string;
  settings_hash: string;
  seed: number;
  policy_model: string;
  policy_revision: string;
  gold: string;
  /**
   * how the steps are written: "Step k: …", or one paragraph a step
   */
  stepping: 'marked' | 'paragraph';
  /**
   * Reflect steps among the nodes of both sides; where search.reflect is wrong, gold decided their place
   */
  reflects: number;
  /**
   * one a step
   */
  chosen_node_ids: string[];
  /**
   * one a step
   */
  rejected_node_ids: string[];
  /**
   * one a step
   */
  chosen_request_ids: string[];
  /**
   * one a step
   */
  rejected_request_ids: string[];
}
/**
 * Two step prefixes of one tree. They do not end the turn: a loader must add no EOS.
 */
export interface PreferenceStepsRow {
  /**
   * the question: a user turn, or a conversation that ends with one
   */
  prompt: {
    role: string;
    content: string;
  }[];
  /**
   * Step 0 to the preferred step and the step separator; does not end the turn
   */
  chosen: string;
  /**
   * Step 0 to the other step and the step separator
   */
  rejected: string;
  pair_kind: 'level' | 'siblings' | 'leaf';
  /**
   * chosen_value minus rejected_value
   */
  gap: number;
  /**
   * value of the last step, 0..1; for pairs of the kind leaf the minimum over the steps
   */
  chosen_value: number;
  /**
   * value of the last step, 0..1; for pairs of the kind leaf the minimum over the steps
   */
  rejected_value: number;
  /**
   * steps, Step 0 apart
   */
  chosen_depth: number;
  /**
   * steps, Step 0 apart
   */
  rejected_depth: number;
  /**
   * normalised answer; empty for an unfinished prefix
   */
  chosen_answer: string;
  /**
   * normalised answer; empty for an unfinished prefix
   */
  rejected_answer: string;
  /**
   * question/tree/chosen node/rejected node
   */
  id: string;
  question_id: string;
  tree_id: string;
  /**
   * last node
   */
  chosen_id: string;
  /**
   * last node
   */
  rejected_id: string;
  /**
   * place among the pairs of its tree, widest gap first
   */
  ordinal: number;
  dataset: string;
  /**
   * train, or test for benchmark questions
   */
  split: string;
  role: string;
  /**
   * true: never train on this row
   */
  benchmark: boolean;
  run: string;
  recipe: string;
  labels_recipe: string;
  /**
   * hash of all label settings
   */
  labels_hash: string;
  settings_hash: string;
  seed: number;
  policy_model: string;
  policy_revision: string;
  gold: string;
  /**
   * how the steps are written: "Step k: …", or one paragraph a step
   */
  stepping: 'marked' | 'paragraph';
  /**
   * Reflect steps among the nodes of both sides; where search.reflect is wrong, gold decided their place
   */
  reflects: number;
  /**
   * one a step
   */
  chosen_node_ids: string[];
  /**
   * one a step
   */
  rejected_node_ids: string[];
  /**
   * one a step
   */
  chosen_request_ids: string[];
  /**
   * one a step
   */
  rejected_request_ids: string[];
}
/**
 * A chain with a label a step as TRL PRMTrainer takes it, plus soft values.
 */
export interface PrmRow {
  /**
   * question, blank line, Step 0
   */
  prompt: string;
  /**
   * Steps 1..m without separator; the separator is a blank line
   */
  completions: string[];
  /**
   * one a completion
   */
  labels: boolean[];
  /**
   * what the label recipe trains on, one a completion, 0..1
   */
  targets: number[];
  /**
   * v of the node, one a completion, 0..1, whatever the recipe
   */
  values: number[];
  /**
   * visits of the node, one a completion; 0: not known, as in imported chains
   */
  visits: number[];
  /**
   * right completions of the node's own simulation; null: a Finish, or not simulated
   */
  rights: (number | null)[];
  /**
   * n of that simulation; null: a Finish, or not simulated
   */
  simulations: (number | null)[];
  polarity: 'positive' | 'negative';
  /**
   * question/tree/leaf
   */
  id: string;
  question_id: string;
  tree_id: string;
  leaf_id: string;
  ordinal: number;
  dataset: string;
  /**
   * train, or test for benchmark questions
   */
  split: string;
  role: string;
  /**
   * true: never train on this row
   */
  benchmark: boolean;
  run: string;
  recipe: string;
  labels_recipe: string;
  /**
   * hash of all label settings
   */
  labels_hash: string;
  settings_hash: string;
  seed: number;
  policy_model: string;
  policy_revision: string;
  final_answer: string;
  gold: string;
  /**
   * how the steps are written: "Step k: …", or one paragraph a step
   */
  stepping: 'marked' | 'paragraph';
  /**
   * Reflect steps in the chain; where search.reflect is wrong, gold decided their place
   */
  reflects: number;
  /**
   * steps whose value was inherited, since their own simulation gave none
   */
  unsimulated: number;
  /**
   * one a step
   */
  node_ids: string[];
  /**
   * one a step
   */
  request_ids: string[];
}
/**
 * Where a stage and partition stands; written with the outputs in one transaction.
 */
export interface ProgressRecord {
  type: 'progress';
  v: 1;
  stage: string;
  partition: number;
  /**
   * by topic
   */
  positions: {
    [k: string]: {
      /**
       * first offset never settled or read
       */
      next: number;
      /**
       * offsets below next that are not settled, ascending
       */
      unsettled: number[];
    };
  };
  /**
   * by topic: first offset that open state needs
   */
  restore: {
    [k: string]: number;
  };
  ledger: {
    in: number;
    ok: number;
    failed: number;
    dropped: number;
    open: number;
  };
  /**
   * what the stage itself remembers
   */
  notes: {
    [k: string]: unknown;
  };
}
/**
 * A question with its prompt and, apart from it, how answers are judged.
 */
export interface QuestionRecord2 {
  type: 'question';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  id: string;
  dataset: string;
  /**
   * split of the source
   */
  split: string;
  /**
   * benchmark questions are sealed only on request
   */
  role: 'train' | 'dev' | 'benchmark';
  /**
   * 1 first; retry counts up
   */
  attempt: number;
  prompt: Prompt;
  gold: Gold;
}
/**
 * Outcome of the simulations of one node: value = right / n.
 */
export interface RolloutEvent {
  type: 'rollout';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  questionId: string;
  /**
   * hash of run, question and attempt
   */
  treeId: string;
  nodeId: string;
  expansion: number;
  /**
   * 1: the completions the node asked for; 2: those a simulation record asked for on top
   */
  round: number;
  outcome: 'ok' | 'failed';
  /**
   * completions with a right answer
   */
  right: number;
  /**
   * completions judged
   */
  n: number;
  /**
   * completions without an answer, part of n
   */
  none: number;
  fault?: {
    /**
     * see libs/faults
     */
    code: string;
    message: string;
  };
  requestId: string;
  usage: Usage;
}
/**
 * Why one node of a tree was expanded, and how.
 */
export interface Selection {
  /**
   * number of the expansion in its tree
   */
  expansion: number;
  /**
   * the node that was expanded
   */
  nodeId: string;
  /**
   * reason, finish, reflect: all children are such; ask: the policy chose for each child
   */
  how: 'reason' | 'finish' | 'ask' | 'reflect';
  /**
   * root: always; ucb: best score on the path; forced: a Finish after the search
   */
  rule: 'root' | 'ucb' | 'forced';
  /**
   * selections of one wave were made on the same folded tree
   */
  wave: number;
  /**
   * from the first node below the root to the selected one; empty for root and forced
   */
  path: {
    nodeId: string;
    /**
     * its UCB, the best among the open children of its parent
     */
    score: number;
    /**
     * the next best UCB; null: it was the only open child
     */
    runnerUp: number | null;
  }[];
}
/**
 * A right chain as TRL SFTTrainer takes it.
 */
export interface SftRow {
  /**
   * one user turn: the question
   */
  prompt: {
    role: string;
    content: string;
  }[];
  /**
   * one assistant turn: the whole chain, "Step 0: …\n\nStep 1: …"
   */
  completion: {
    role: string;
    content: string;
  }[];
  /**
   * minimum step value, Step 0 excluded
   */
  min_value: number;
  /**
   * question/tree/leaf
   */
  id: string;
  question_id: string;
  tree_id: string;
  leaf_id: string;
  ordinal: number;
  dataset: string;
  /**
   * train, or test for benchmark questions
   */
  split: string;
  role: string;
  /**
   * true: never train on this row
   */
  benchmark: boolean;
  run: string;
  recipe: string;
  labels_recipe: string;
  /**
   * hash of all label settings
   */
  labels_hash: string;
  settings_hash: string;
  seed: number;
  policy_model: string;
  policy_revision: string;
  final_answer: string;
  gold: string;
  /**
   * how the steps are written: "Step k: …", or one paragraph a step
   */
  stepping: 'marked' | 'paragraph';
  /**
   * Reflect steps in the chain; where search.reflect is wrong, gold decided their place
   */
  reflects: number;
  /**
   * steps whose value was inherited, since their own simulation gave none
   */
  unsimulated: number;
  /**
   * one a step
   */
  node_ids: string[];
  /**
   * one a step
   */
  request_ids: string[];
}
/**
 * Further completions wanted of a node that has some already (adaptive simulation). Self-contained like an expansion.
 */
export interface SimulationEvent {
  type: 'simulation';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  questionId: string;
  /**
   * hash of run, question and attempt
   */
  treeId: string;
  /**
   * number of the expansion in its tree
   */
  expansion: number;
  /**
   * path, e.g. 0.2.1
   */
  nodeId: string;
  round: number;
  /**
   * further completions
   */
  rollouts: number;
  /**
   * seed of the first of them: it goes on where the round before ended
   */
  seed: number;
  /**
   * texts of Step 0 to this node
   */
  steps: string[];
  prompt: Prompt;
  gold: Gold;
  prompting: 'one-shot' | 'bare';
  /**
   * how the policy writes steps: "Step k: …", or one paragraph a step without a mark
   */
  stepping: 'marked' | 'paragraph';
  rollout: Sampling;
  policy: PolicyIdentity;
}
/**
 * An open tree written again, so that a restart need not read its earlier events: what is folded of it, and the events that wait. The events it repeats stay as they are.
 */
export interface SnapshotEvent {
  type: 'snapshot';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  questionId: string;
  /**
   * hash of run, question and attempt
   */
  treeId: string;
  /**
   * parts of one snapshot are written in one transaction; 0 first
   */
  part: number;
  /**
   * of this snapshot
   */
  parts: number;
  /**
   * stands in part 0: the tree as its folded events made it
   */
  state?: {
    opened: OpenedEvent;
    /**
     * every expansion up to this number is folded
     */
    folded: number;
    /**
     * in order of expansion, child, chain; root first
     */
    nodes: TreeNode[];
    /**
     * the wave that has begun, in order of number
     */
    active: {
      /**
       * of the expansion in its tree
       */
      number: number;
      /**
       * the node that is expanded
       */
      nodeId: string;
      children: number;
      how: 'reason' | 'finish' | 'ask' | 'reflect';
      forced: boolean;
    }[];
    /**
     * nodes that still get a forced Finish, in order
     */
    forcedQueue: string[];
    /**
     * name of the stop rule once the search has stopped
     */
    stop?: string;
    /**
     * in order of expansion
     */
    selections: Selection[];
    /**
     * asked of the model so far
     */
    samples: number;
    usage: Usage;
  };
  /**
   * of expansions that are not folded yet, as they were written
   */
  events: (ChosenEvent | ExpansionEvent | SimulationEvent | RolloutEvent)[];
}
/**
 * A node of a closed tree.
 */
export interface TreeNode {
  /**
   * path; the root is 0
   */
  id: string;
  parentId: string | null;
  depth: number;
  /**
   * number of the expansion that made it; root 0
   */
  expansion: number;
  action: 'root' | 'reason' | 'finish' | 'reflect';
  /**
   * what the policy was asked for
   */
  asked: 'root' | 'reason' | 'finish' | 'reflect';
  /**
   * true: a Finish that was turned into a Reason node with a Reflect child; its verdict stays
   */
  refined: boolean;
  forced: boolean;
  outcome: 'ok' | 'failed';
  /**
   * step text
   */
  text: string;
  /**
   * what a thinking model thought before it wrote
   */
  reasoning?: string;
  truncated: boolean;
  /**
   * v, 0..1; null: never backed up
   */
  value: number | null;
  /**
   * n; 0 beside a value: not known, as in imported chains
   */
  visits: number;
  /**
   * right completions of its own simulation; null: not simulated
   */
  right: number | null;
  /**
   * n of its own simulation; null: not simulated
   */
  simulations: number | null;
  /**
   * value of its own simulation where only that is known and no counts, as in imported chains; null: the source says that there is none
   */
  simulation?: number | null;
  verdict?: Verdict;
  /**
   * empty for the root
   */
  requestId: string;
}
/**
 * Every whole solution that was sampled of one question to see how hard it is; only trace and regrading read it.
 */
export interface SolutionsRecord {
  type: 'solutions';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  questionId: string;
  requestId: string;
  samples: {
    text: string;
    /**
     * what a thinking model thought; not graded
     */
    reasoning?: string;
    truncated: boolean;
    tokens: number;
    seed: number;
    verdict: Verdict;
  }[];
}
/**
 * One training: everything that decides what comes out, and where it goes. A file; the trainer's only argument.
 */
export interface TrainingJob {
  v: 1;
  /**
   * what is trained: a policy on right chains, a step scorer on valued chains, a policy on preference pairs
   */
  task: 'sft' | 'prm' | 'dpo';
  /**
   * seed-cpu, meds3-v2, meds3-v4, or the path of a configuration file of that form
   */
  config: string;
  /**
   * hyper-parameters that replace those of the configuration, by name
   */
  settings: {
    [k: string]: string | number | boolean | null;
  };
  /**
   * where training starts
   */
  base: {
    /**
     * folder with config.json, tokenizer.json and safetensors
     */
    model: string;
    /**
     * folder of a LoRA adapter that is merged into the model first; null: none, and one that lies in the model's folder is ignored
     */
    adapter: string | null;
  };
  /**
   * sealed data sets (folders that hold sft/, prm/, preference/), read as they are, in this order
   */
  datasets: string[];
  /**
   * folder of the results; a training that was stopped goes on from the checkpoint in it
   */
  out: string;
  /**
   * order of rows, new weights, dropout
   */
  seed: number;
  /**
   * threads of PyTorch on a CPU
   */
  threads: number;
  /**
   * ends the training after this time, at the end of a batch, and says so; null: no limit
   */
  maxMinutes: number | null;
  /**
   * onnx: also a graph for the embedded engine
   */
  export: 'onnx' | 'none';
}
/**
 * What a training made and from what. Written last: without it nothing was made.
 */
export interface TrainingManifest {
  v: 1;
  task: 'sft' | 'prm' | 'dpo';
  /**
   * name of the configuration
   */
  config: string;
  /**
   * every hyper-parameter that was in force
   */
  settings: {
    [k: string]: string | number | boolean | null;
  };
  base: {
    /**
     * model hash of where training started
     */
    model: string;
    /**
     * model hash of the adapter that was merged first
     */
    adapter: string | null;
  };
  data: {
    /**
     * data hash
     */
    sha256: string;
    files: {
      /**
       * KIND/FILE in its data set
       */
      path: string;
      /**
       * rows in it
       */
      rows: number;
      /**
       * of its bytes
       */
      sha256: string;
    }[];
    /**
     * rows read
     */
    rows: number;
    /**
     * rows trained on
     */
    used: number;
    /**
     * rows left out, by reason
     */
    skipped: {
      [k: string]: number;
    };
  };
  seed: number;
  threads: number;
  /**
   * updates of the weights
   */
  steps: number;
  /**
   * passes over the rows
   */
  epochs: number;
  /**
   * tokens seen, padding left out
   */
  tokens: number;
  /**
   * 6 x parameters that learn or carry a gradient x tokens, an estimate
   */
  flops: number;
  /**
   * of training, loading and export left out, all attempts together
   */
  seconds: number;
  /**
   * why it ended
   */
  stopped: 'end' | 'max-minutes';
  loss: {
    /**
     * mean of the first tenth of the steps
     */
    first: number;
    /**
     * mean of the last tenth
     */
    last: number;
    /**
     * on rows of questions held out of this training, which its base may have learnt; null: none were
     */
    held: number | null;
  };
  /**
   * the whole model: safetensors, tokenizer, onnx/ where it was asked for; a step scorer has scorer.json too
   */
  model: {
    /**
     * relative to the manifest
     */
    folder: string;
    /**
     * of the folder: model hash
     */
    sha256: string;
  };
  adapter: {
    /**
     * relative to the manifest
     */
    folder: string;
    /**
     * of the folder: model hash
     */
    sha256: string;
  } | null;
  onnx: {
    /**
     * largest difference of a logit from PyTorch
     */
    difference: number;
    /**
     * what was allowed
     */
    tolerance: number;
  } | null;
  curve: {
    /**
     * JSON lines { step, loss, rate, tokens, seconds }
     */
    data: string;
    /**
     * SVG
     */
    picture: string;
  };
  /**
   * of Python and its packages
   */
  versions: {
    [k: string]: string;
  };
  /**
   * whether the same job on the same machine gives the same bytes, wherever it was killed
   */
  deterministic: boolean;
}
/**
 * One chain from Step 0 to a Finish leaf with a label a step.
 */
export interface TrajectoryRecord {
  type: 'trajectory';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  questionId: string;
  /**
   * hash of run, question and attempt
   */
  treeId: string;
  dataset: string;
  /**
   * split of the source
   */
  split: string;
  /**
   * benchmark questions are sealed only on request
   */
  role: 'train' | 'dev' | 'benchmark';
  attempt: number;
  run: string;
  settingsHash: string;
  seed: number;
  policy: PolicyIdentity;
  /**
   * search recipe
   */
  recipe: string;
  /**
   * label recipe
   */
  labels: string;
  /**
   * hash of all label settings
   */
  labelsHash: string;
  /**
   * how the steps are written: "Step k: …", or one paragraph a step
   */
  stepping: 'marked' | 'paragraph';
  /**
   * place among the chains of its tree
   */
  ordinal: number;
  leafId: string;
  polarity: 'positive' | 'negative';
  /**
   * true: becomes an SFT row (right, and among the keepTop best of its tree)
   */
  sft: boolean;
  /**
   * Reflect steps in the chain; where search.reflect is wrong, gold decided their place
   */
  reflects: number;
  /**
   * steps whose value was inherited, since their own simulation gave none
   */
  unsimulated: number;
  prompt: Prompt;
  /**
   * normalised final answer
   */
  answer: string;
  /**
   * gold answer as text
   */
  gold: string;
  /**
   * Step 1 to the last; Step 0 is never labelled
   */
  steps: {
    nodeId: string;
    requestId: string;
    text: string;
    /**
     * v of the node, 0..1
     */
    value: number;
    /**
     * what the label recipe trains on, 0..1
     */
    target: number;
    /**
     * label under the recipe
     */
    label: boolean;
    visits: number;
    right: number | null;
    simulations: number | null;
  }[];
}
/**
 * A whole closed tree: the product. Every data set is made from these.
 */
export interface TreeRecord {
  type: 'tree';
  v: 1;
  /**
   * dataset/split/id; key of the record
   */
  questionId: string;
  /**
   * hash of run, question and attempt
   */
  treeId: string;
  dataset: string;
  /**
   * split of the source
   */
  split: string;
  /**
   * benchmark questions are sealed only on request
   */
  role: 'train' | 'dev' | 'benchmark';
  attempt: number;
  run: string;
  settingsHash: string;
  seed: number;
  policy: PolicyIdentity;
  search: SearchSettings;
  prompt: Prompt;
  gold: Gold;
  status: 'closed' | 'failed';
  /**
   * name of the stop rule
   */
  stop: string;
  /**
   * in order of expansion, child, chain; root first
   */
  nodes: TreeNode[];
  /**
   * in order of expansion
   */
  selections: Selection[];
  usage: Usage;
  /**
   * row of a file that an imported tree was made of; left out for trees that were searched here
   */
  source?: {
    /**
     * of the file
     */
    sha256: string;
    /**
     * its place in the file
     */
    row: number;
    /**
     * as the row says it
     */
    id?: string | number;
    /**
     * as the row says it, where the prompt has other words
     */
    question?: string;
    /**
     * as the row says it
     */
    answer?: string | number | boolean;
  };
}
/**
 * A benchmark item with all its candidates, their step values and verdicts: everything that decoding rules and statistics are computed from.
 */
export interface VerdictsRecord {
  type: 'verdicts';
  v: 1;
  item: QuestionRecord2;
  policy: PolicyIdentity;
  /**
   * null: candidates have no values
   */
  scorer: PolicyIdentity | null;
  /**
   * who judged: rules, or the name of a grader
   */
  grader: string;
  decode: string;
  /**
   * in the order they were made; ties go to what stands first
   */
  candidates: Candidate[];
  greedy: Candidate | null;
  usage: DecodingUsage2;
  greedyUsage?: DecodingUsage1;
  /**
   * of all candidates of the item, the greedy one left out
   */
  scorerUsage: {
    requests: number;
    promptTokens: number;
    /**
     * of a scorer that is a chat model
     */
    completionTokens: number;
  };
  /**
   * of a search over steps: what the scorer cost while it steered; part of scorerUsage
   */
  steering?: {
    requests: number;
    promptTokens: number;
    /**
     * of a scorer that is a chat model
     */
    completionTokens: number;
  };
}
/**
 * What the candidates of an item cost at the policy.
 */
export interface DecodingUsage2 {
  requests: number;
  /**
   * texts received
   */
  samples: number;
  /**
   * tokens of prompts, once a request
   */
  promptTokens: number;
  /**
   * tokens generated, all samples
   */
  completionTokens: number;
  /**
   * part of promptTokens that a prefix cache held, where the server says so; no other number depends on it
   */
  cachedTokens?: number;
}
