// The whole stream on a broker in memory with a scripted policy: for tests of laws.
import { createHash } from 'node:crypto';
import { expand } from '@slowthink/app-expand';
import { label } from '@slowthink/app-label';
import { rollout } from '@slowthink/app-rollout';
import { shard } from '@slowthink/app-shard';
import type { ShardDeps } from '@slowthink/app-shard/write-parts';
import type { Broker } from '@slowthink/broker';
import { labelsIdOf, resolveLabels, type LabelSettings } from '@slowthink/labels';
import { scriptedPolicy, type Policy, type ScriptedPolicy } from '@slowthink/models';
import { encodeRecord, partitionOf, topics, type QuestionRecord, type SearchSettings, type StreamRecord, type Topic } from '@slowthink/records';
import { bindStage, runStages, type RunOptions, type RunningStages } from '@slowthink/runtime';
import { resolveSearch } from '@slowthink/search';
import { Credits, emptyLedger, silent, type Observer } from '@slowthink/stream';
import type { Verifier } from '@slowthink/verifiers';
import { scanTopic } from '@slowthink/wiring';

export const question = (index: number, gold: QuestionRecord['gold'] = { kind: 'choice', answer: 'ABCD'[index % 4]!, options: [...'ABCD'].map((letter) => ({ letter, text: `drug ${letter}` })) }): QuestionRecord => ({
  type: 'question', v: 1, id: `made/train/${index}`, dataset: 'made', split: 'train', role: 'train', attempt: 1, gold,
  prompt: { text: `Question ${index}: which drug?\nA. drug A\nB. drug B\nC. drug C\nD. drug D` },
});

/** Topics, questions and their ends, as an import writes them. */
export async function putQuestions(broker: Broker, questions: readonly QuestionRecord[], partitions: number, into: Topic = topics.questions): Promise<void> {
  await broker.ensureTopics(Object.values(topics).map(({ name, retention, partitions: count }) => ({ name, retention, partitions: count === 'one' ? 1 : partitions })));
  const task = await broker.claim('import', 0);
  const outputs = questions.map((one) => ({ topic: into.name, partition: partitionOf(one.id, partitions), key: one.id, value: encodeRecord(one) }));
  const ends = Array.from({ length: partitions }, (_, partition) => ({ topic: into.name, partition, key: 'end', value: encodeRecord({ type: 'end', v: 1, batch: 'made', count: outputs.filter((output) => output.partition === partition).length }) }));
  await task.commit({ outputs: [...outputs, ...ends], progress: { type: 'progress', v: 1, stage: 'import', partition: 0, positions: {}, restore: {}, ledger: emptyLedger, notes: {} } });
  await task.release();
}

const digest = (...parts: readonly unknown[]): Buffer => createHash('sha256').update(JSON.stringify(parts)).digest();

/** A deterministic policy that writes steps and answers by the hash of request text and seed: same request, same text. */
export function hashPolicy(script: Partial<Parameters<typeof scriptedPolicy>[0]> = {}): ScriptedPolicy {
  return scriptedPolicy({
    answer(request, _index, seed) {
      const hash = digest(request.messages, request.prefix, seed);
      const first = Number(/Step (\d+):[^\n]*$/.exec(request.prefix)?.[1] ?? 1);
      if (request.choices !== undefined) return { text: hash[0]! % 3 === 0 ? 'Finish' : 'Reason' };
      const steps = Array.from({ length: hash[1]! % 3 }, (_, step) => `consider sign ${hash[2 + step]} of the patient.`);
      return { text: [...steps, `The answer is ${'ABCD'[hash[9]! % 4]}.`].map((text, step) => (step === 0 ? ` ${text}` : `Step ${first + step}: ${text}`)).join('\n\n') };
    },
    ...script,
  });
}

export const smallSearch: SearchSettings = resolveSearch('meds3-v2', 'laptop', {});

export interface StreamOptions {
  readonly broker: Broker;
  readonly policy: Policy;
  readonly verifier?: Verifier;
  readonly partsFolder: string;
  readonly search?: SearchSettings;
  readonly labels?: LabelSettings;
  readonly trees?: number;
  readonly requests?: number;
  readonly observer?: Observer;
  readonly only?: readonly string[];
  readonly until?: 'end' | 'idle' | 'follow';
  readonly commitMs?: number;
  readonly snapshotRecords?: number;
  readonly commit?: RunOptions['commit'];
  readonly admit?: RunOptions['admit'];
  /** Of shard, where a test wants others. */
  readonly parts?: Partial<ShardDeps>;
}

export function startStream({ broker, policy, verifier, partsFolder, search = smallSearch, labels = resolveLabels(search.recipe), trees = 16, requests = 16, observer = silent, only, until = 'end', commitMs = 1, snapshotRecords = 20_000, commit = { records: 50, ms: commitMs, pendingMax: 1000, giveUpMs: 0 }, admit = () => Promise.resolve(), parts = {} }: StreamOptions): Promise<RunningStages> {
  const setups = [
    bindStage({ stage: expand, deps: { policy, verifier, identity: { model: 'scripted', revision: 'scripted-1' }, search, run: 'run', settingsHash: 'settings', seed: 7, snapshotRecords }, credits: { trees: new Credits(trees), requests: new Credits(requests) }, calls: ['requests'] }),
    bindStage({ stage: rollout, deps: { policy, verifier }, credits: { requests: new Credits(requests) }, calls: ['requests'] }),
    bindStage({ stage: label, deps: { labels }, credits: {}, calls: [] }),
    bindStage({ stage: shard, deps: { folder: partsFolder, labels: labelsIdOf(labels), rowsPerPart: 50, quietMs: 100, giveUpMs: 0, observer, ...parts }, credits: {}, calls: [] }),
  ].filter(({ stage }) => only === undefined || only.includes(stage.name));
  return runStages(setups, { broker, observer, commit, admit, until, drainMs: 2000 });
}

/** All records of a topic without its ends, sorted by their text: what a topic holds, whatever the order. */
export async function contents(broker: Broker, topic: Topic): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const { value } of scanTopic(broker, topic)) if ((JSON.parse(value) as StreamRecord).type !== 'end') all.push(value);
  return all.sort();
}
