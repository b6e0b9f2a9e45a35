// The flows of the product. A folder belongs to one: its log holds the topics of that flow and no other.
import type { Broker } from '@slowthink/broker';
import { topics, type Topic } from '@slowthink/records';
import type { Consumer } from '@slowthink/runtime';
import type { runSettings } from './run-settings.ts';

export interface Flow {
  readonly name: 'run' | 'curriculum' | 'evaluation';
  /** Where an import puts the questions; a folder whose log has this topic belongs to the flow. */
  readonly source: Topic;
  /** Who reads what, in the order of the flow; the first takes the questions in. Lag is counted for these, in whatever process they run, and events are kept for them. */
  readonly stages: readonly [Consumer, ...Consumer[]];
  readonly topics: readonly Topic[];
  /** Whether it ends in labelled rows: a folder of another flow has no label settings, neither its own nor those of a command. */
  readonly labelled: boolean;
  /** Whether step values are part of its results: its folder goes on with the scorer it began with. */
  readonly scored?: true;
  /** Settings that decide its results besides the search: a folder goes on with the ones it began with. */
  readonly decidedBy: readonly (keyof typeof runSettings)[];
}

const { questions, expansions, rollouts, completions, trees, trajectories, parts, seeds, hardness, solutions, benchmarkItems, candidates, verdicts, faults, progress } = topics;

export const flows = {
  run: {
    name: 'run', source: questions, labelled: true, decidedBy: [],
    stages: [{ name: 'expand', reads: [questions, rollouts], restores: [expansions, rollouts] }, { name: 'rollout', reads: [expansions] }, { name: 'label', reads: [trees] }, { name: 'shard', reads: [trajectories] }],
    topics: [questions, expansions, rollouts, completions, trees, trajectories, parts, faults, progress],
  },
  curriculum: {
    name: 'curriculum', source: seeds, labelled: false, decidedBy: ['curriculum.samples'],
    stages: [{ name: 'probe', reads: [seeds] }],
    topics: [seeds, hardness, solutions, faults, progress],
  },
  evaluation: {
    name: 'evaluation', source: benchmarkItems, labelled: false, scored: true, decidedBy: ['evaluate.samples', 'evaluate.temperature', 'evaluate.topP', 'evaluate.tokens', 'evaluate.greedy', 'evaluate.decode', 'evaluate.graderToo'],
    stages: [{ name: 'sample', reads: [benchmarkItems] }, { name: 'judge', reads: [candidates] }],
    topics: [benchmarkItems, candidates, verdicts, faults, progress],
  },
} as const satisfies Record<string, Flow>;

/** The flow that a log belongs to; undefined for one without topics. */
export async function flowOf(broker: Broker): Promise<Flow | undefined> {
  const there = await broker.topics();
  return Object.values<Flow>(flows).find(({ source }) => there.some(({ name }) => name === source.name));
}
