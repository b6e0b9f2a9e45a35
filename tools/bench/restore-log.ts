// A log as a long run leaves it, for npm run bench:restore: trees that are open since long ago, and behind them the events of trees that came and went. Every tree has the events of one of two
// played trees under ids of its own: to write them is cheap, to read them is what real ones cost.
import type { Broker, NewRecord, Task } from '@slowthink/broker';
import { encodeRecord, topics, type ProgressRecord, type QuestionRecord, type RolloutEvent, type StreamRecord } from '@slowthink/records';
import { apply, choiceEvent, expansionEvents, next, openedEvent, resolveSearch, type Tree, type TreeEvent } from '@slowthink/search';

export const partitions = 8;
export const identity = { model: 'made', revision: '1' };
export const search = resolveSearch('meds3-v2', 'paper');
const pending = 2000; // rollouts a partition that expand has not read: turns in which it writes snapshots
const history = 'A patient of middle age comes with a complaint that has lasted for some days, and the history and the examination show what a textbook describes. '.repeat(3);
const question: QuestionRecord = {
  type: 'question', v: 1, id: 'QUESTION', dataset: 'made', split: 'train', role: 'train', attempt: 1, prompt: { text: `${history}What is the best next step?\nA. observe\nB. treat\nC. operate\nD. refer` },
  gold: { kind: 'choice', answer: 'B', options: ['observe', 'treat', 'operate', 'refer'].map((text, place) => ({ letter: 'ABCD'[place]!, text })) },
};

/** The events of one tree until it is closed, or until it has had `answersMax` answers of the policy and what they asked of the rollout stage. */
function played(answersMax: number): readonly TreeEvent[] {
  const opened = openedEvent({ question, run: 'run', settingsHash: 'settings', seed: 1, policy: identity, search });
  const events: TreeEvent[] = [];
  let tree: Tree | undefined;
  const write = (event: TreeEvent): void => { events.push(event); tree = apply(tree, event); };
  write(opened);
  for (let answers = 0; answers < answersMax; answers++) {
    const { requests: [request], close } = next(tree!);
    if (close !== undefined) { write({ type: 'closed', v: 1, questionId: opened.questionId, treeId: opened.treeId, ...close }); break; }
    const usage = { requests: 1, samples: request!.n, promptTokens: 300, completionTokens: 25 * request!.n };
    if (request!.kind === 'choose') { write(choiceEvent(tree!, request!, request!.children.map(() => 'Reason'), usage)); continue; }
    const step = (child: number): string => `Consider finding ${answers}.${child} of the patient, how it goes with the history, and what would follow if it were of no weight at all.`;
    const written = expansionEvents(tree!, request!, request!.children.map((child) => ({ text: request!.kind === 'finish' ? 'The answer is A.' : step(child), truncated: false })), usage);
    written.forEach(write);
    for (const { nodeId, expansion, rollouts } of written) if (rollouts > 0) write(rolloutOf(opened.questionId, opened.treeId, nodeId, expansion, rollouts));
  }
  return events;
}

const rolloutOf = (questionId: string, treeId: string, nodeId: string, expansion: number, n: number): RolloutEvent => ({
  type: 'rollout', v: 1, questionId, treeId, nodeId, expansion, round: 1, outcome: 'ok', right: Math.floor(n / 3), n, none: 0, requestId: `${treeId}/${nodeId}/rollout`, usage: { requests: 1, samples: n, promptTokens: 300, completionTokens: 60 * n },
});

/** The text of a tree's events, with other ids each time. */
function template(events: readonly TreeEvent[]): (id: number) => readonly NewRecord[] {
  const { treeId } = events[0]!;
  const texts = events.map((event) => ({ topic: event.type === 'rollout' ? topics.rollouts.name : topics.expansions.name, text: encodeRecord(event as StreamRecord) }));
  return (id) => texts.map(({ topic, text }) => ({ topic, partition: id % partitions, key: `made/train/${id}`, value: text.replaceAll(treeId, `tree${id}`).replaceAll('"QUESTION"', `"made/train/${id}"`) }));
}

const progressOf = (stage: string, partition: number, more: Partial<ProgressRecord> = {}): ProgressRecord => ({ type: 'progress', v: 1, stage, partition, positions: {}, restore: {}, ledger: { in: 0, ok: 0, failed: 0, dropped: 0, open: 0 }, notes: {}, ...more });

/** Writes `open` trees with `answers` answers each, `closed` whole ones behind them, and the progress of a run that has never taken a snapshot. */
export async function writeLog(broker: Broker, open: number, closed: number, answers: number): Promise<void> {
  await broker.ensureTopics(Object.values(topics).map(({ name, retention, partitions: count }) => ({ name, retention, partitions: count === 'one' ? 1 : partitions })));
  const writer = await broker.claim('writer', 0);
  let batch: NewRecord[] = [];
  const flush = async (): Promise<void> => { await writer.commit({ outputs: batch, progress: progressOf('writer', 0) }); batch = []; };
  const [slow, whole] = [template(played(answers)), template(played(Infinity))];
  for (let id = 0; id < open + closed; id++) {
    batch.push(...(id < open ? slow(id) : whole(id)));
    if (batch.length > 3000) await flush();
  }
  for (let id = 0; id < partitions; id++) batch.push(...Array.from({ length: pending }, (): NewRecord => ({ topic: topics.rollouts.name, partition: id, key: 'k', value: encodeRecord(rolloutOf('made/train/0', 'closed', '0.0', 1, 5)) })));
  await flush();
  const [expansions, rollouts] = [await broker.ranges(topics.expansions.name), await broker.ranges(topics.rollouts.name)];
  for (let partition = 0; partition < partitions; partition++) {
    const here = Array.from({ length: open }, (_, id) => id).filter((id) => id % partitions === partition).length;
    const positions = { [topics.questions.name]: { next: 0, unsettled: [] }, [topics.rollouts.name]: { next: rollouts[partition]!.end - pending, unsettled: [] } };
    await commit(await broker.claim('expand', partition), { positions, restore: { [topics.expansions.name]: 0, [topics.rollouts.name]: 0 }, ledger: { in: here, ok: 0, failed: 0, dropped: 0, open: here } });
    await commit(await broker.claim('rollout', partition), { positions: { [topics.expansions.name]: { next: expansions[partition]!.end, unsettled: [] } } });
  }
}

const commit = (task: Task, more: Partial<ProgressRecord>) => task.commit({ outputs: [], progress: progressOf(task.stage, task.partition, more) });
