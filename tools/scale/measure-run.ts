// What a finished run asked for and left behind, a question, read from its log and its folder. No model is asked.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Broker } from '@slowthink/broker';
import { topics, type CompletionsRecord, type PairRecord, type TrajectoryRecord, type TreeRecord } from '@slowthink/records';
import { flows, openBroker, readSettings, readTopic, scanTopic } from '@slowthink/wiring';
import { PrefixCache } from './prefix-cache.ts';
import { requestKinds, requestsOfTree, type RequestKind } from './requests-of-tree.ts';

/** Of all prompts together. `head`: bytes of instruction, example and question; `steps`: what stands behind them, in steps of mean length. */
export interface PromptSize { readonly head: number; readonly steps: number }

/** `steps`: written, Finishes and rollouts of several steps included. */
export interface KindCount { readonly requests: number; readonly samples: number; readonly steps: number }

/** Sums over the questions of a run. Lengths are counted in steps, so that what was measured with short ones can be said of longer ones. */
export interface MeasuredRun {
  readonly recipe: string;
  readonly policy: string;
  readonly questions: number;
  readonly nodes: number;
  readonly stepBytes: number; // mean, of what a Reason wrote
  readonly kinds: { readonly [Kind in RequestKind]: KindCount };
  readonly prompts: {
    readonly everySample: PromptSize; // nothing shared: each sample reads its prompt
    readonly everyRequest: PromptSize; // the samples of a request share it
    readonly cached: PromptSize; // what a prefix cache over all requests still has to read
    readonly kept: number; // steps that such a cache holds of a question when its tree closes, its head included, mean
    readonly keptMax: number;
  };
  /** What the trees themselves say: equal to the sums of `kinds`, or the requests written again here are not those that were asked. */
  readonly usage: { readonly requests: number; readonly samples: number; readonly promptTokens: number; readonly completionTokens: number };
  readonly rows: { readonly sft: number; readonly prm: number; readonly pairs: number; readonly sftSteps: number; readonly prmSteps: number; readonly pairSteps: number };
  readonly disk: { readonly log: number; readonly topics: { readonly [topic: string]: number }; readonly parquet: { readonly [table: string]: number } };
}

const bytesOf = (text: string): number => Buffer.byteLength(text);

/** Reads a finished run folder on the embedded log. `blockShare`: a block of the prefix cache as a share of a step. Throws an Error where the folder holds no closed tree. */
export async function measureRun(dir: string, blockShare: number): Promise<MeasuredRun> {
  const { values: settings } = readSettings({ flags: { '--dir': dir }, env: {}, remember: true });
  const broker = await openBroker(settings, 'read', flows.run);
  try {
    const sampled = new Map<string, number>(); // by tree and node: steps that its rollouts wrote
    for await (const { value: { treeId, nodeId, samples } } of readTopic<CompletionsRecord>(broker, topics.completions, 'completions')) {
      const key = `${treeId} ${nodeId}`;
      sampled.set(key, (sampled.get(key) ?? 0) + sum(samples, ({ text }) => stepsIn(text)));
    }
    const stepBytes = await meanStepBytes(broker);
    if (stepBytes === undefined) throw new Error(`${dir} holds no closed tree with a Reason node. Let the run go to its end first: slowthink run --dir ${dir}`);
    const cache = new PrefixCache(Math.max(1, Math.round(stepBytes * blockShare)));
    const kinds = Object.fromEntries(requestKinds.map((kind) => [kind, { requests: 0, samples: 0, steps: 0 }])) as { [Kind in RequestKind]: { -readonly [Key in keyof KindCount]: number } };
    const prompts = { everySample: { head: 0, steps: 0 }, everyRequest: { head: 0, steps: 0 }, cached: { head: 0, steps: 0 } };
    const usage = { requests: 0, samples: 0, promptTokens: 0, completionTokens: 0 };
    const kept: number[] = [];
    let nodes = 0;
    let policy = '';
    let recipe = '';
    for await (const { value: tree } of readTopic<TreeRecord>(broker, topics.trees, 'tree')) {
      [policy, recipe] = [tree.policy.model, tree.search.recipe];
      nodes += tree.nodes.length;
      for (const key of ['requests', 'samples', 'promptTokens', 'completionTokens'] as const) usage[key] += tree.usage[key];
      const before = cache.bytes;
      for (const request of requestsOfTree(tree)) {
        const of = kinds[request.kind];
        of.requests += 1;
        of.samples += request.n;
        of.steps += request.kind === 'rollout' ? sampled.get(`${tree.treeId} ${request.nodeId}`) ?? 0 : writtenBy(tree, request.kind, request.nodeId);
        const [head, steps] = [bytesOf(request.head), bytesOf(request.steps)];
        const held = cache.enter(Buffer.from(request.head + request.steps));
        add(prompts.everySample, head * request.n, steps * request.n / stepBytes);
        add(prompts.everyRequest, head, steps / stepBytes);
        add(prompts.cached, Math.max(0, head - held), (steps - Math.max(0, held - head)) / stepBytes);
      }
      kept.push((cache.bytes - before) / stepBytes);
    }
    return {
      recipe, policy, questions: kept.length, nodes, stepBytes: Math.round(stepBytes), kinds, usage,
      prompts: { everySample: whole(prompts.everySample), everyRequest: whole(prompts.everyRequest), cached: whole(prompts.cached), kept: Math.round(sum(kept, (steps) => steps) / kept.length), keptMax: Math.round(Math.max(...kept)) },
      rows: await rowsOf(broker), disk: { log: logBytes(dir), topics: await topicBytes(broker), parquet: parquetBytes(join(dir, 'dataset')) },
    };
  } finally { await broker.close(); }
}

/** Mean length of the steps that were asked for one by one; undefined where there is none. */
async function meanStepBytes(broker: Broker): Promise<number | undefined> {
  let [bytes, steps] = [0, 0];
  for await (const { value: { nodes } } of readTopic<TreeRecord>(broker, topics.trees, 'tree')) {
    for (const { asked, text } of nodes) if (asked === 'reason') { bytes += bytesOf(text); steps += 1; }
  }
  return steps === 0 ? undefined : bytes / steps;
}

/** Steps that one request of a tree brought. A choice is one word a sample, and stands in no record. */
function writtenBy(tree: TreeRecord, kind: RequestKind, parentId: string): number {
  const expansions = new Set(tree.selections.filter(({ nodeId }) => nodeId === parentId).map(({ expansion }) => expansion));
  return kind === 'choose' ? 0 : tree.nodes.filter(({ expansion, asked }) => asked === kind && expansions.has(expansion)).length; // a Finish of several steps is a chain of nodes
}

/** Steps that a free continuation wrote: the one it began in and those it opened. */
const stepsIn = (text: string): number => 1 + (text.match(/^\W*Step \d+:/gmu) ?? []).length;

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number => items.reduce((total, item) => total + of(item), 0);

function add(to: { head: number; steps: number }, head: number, steps: number): void {
  to.head += head;
  to.steps += steps;
}

const whole = ({ head, steps }: PromptSize): PromptSize => ({ head, steps: Math.round(steps) });

async function rowsOf(broker: Broker): Promise<MeasuredRun['rows']> {
  const rows = { sft: 0, prm: 0, pairs: 0, sftSteps: 0, prmSteps: 0, pairSteps: 0 };
  for await (const { value } of readTopic<TrajectoryRecord>(broker, topics.trajectories, 'trajectory')) {
    rows.prm += 1;
    rows.prmSteps += value.steps.length;
    if (!value.sft) continue;
    rows.sft += 1;
    rows.sftSteps += value.steps.length;
  }
  for await (const { value: { chosen, rejected } } of readTopic<PairRecord>(broker, topics.trajectories, 'pair')) {
    rows.pairs += 1;
    rows.pairSteps += chosen.steps.length + rejected.steps.length;
  }
  return rows;
}

/** Bytes of keys and values by topic: what a Kafka gets, before zstd and its copies. */
async function topicBytes(broker: Broker): Promise<{ readonly [topic: string]: number }> {
  const found: { [topic: string]: number } = {};
  for (const topic of flows.run.topics.filter(({ retention }) => retention !== 'compacted')) {
    found[topic.name] = 0;
    for await (const { key, value } of scanTopic(broker, topic)) found[topic.name]! += bytesOf(key) + bytesOf(value);
  }
  return found;
}

const logBytes = (dir: string): number => sum(['stream.sqlite', 'stream.sqlite-wal'].map((name) => join(dir, name)).filter((path) => existsSync(path)), (path) => statSync(path).size);

const parquetBytes = (dataset: string): { readonly [table: string]: number } => Object.fromEntries(!existsSync(dataset) ? [] : readdirSync(dataset, { withFileTypes: true })
  .filter((entry) => entry.isDirectory()).map(({ name }) => [name, sum(readdirSync(join(dataset, name)), (file) => statSync(join(dataset, name, file)).size)]));
