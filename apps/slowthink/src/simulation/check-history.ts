import { createHash } from 'node:crypto';
import { topics, type FaultRecord, type PartRecord } from '@slowthink/records';
import { addLedgers, ledgerProblem } from '@slowthink/stream';
import type { History } from './simulate.ts';

/** What makes two faults the same, wherever their records lay. */
const faultOf = (text: string): string => { const { stage, code, questionId, nodeId, original } = JSON.parse(text) as FaultRecord; return JSON.stringify([stage, code, questionId, nodeId, original?.sha256 ?? original?.text]); };

/** Compared record by record with the quiet run. */
const same: readonly { readonly topic: string; readonly as: (text: string) => string }[] = [
  ...[topics.questions, topics.expansions, topics.rollouts, topics.completions, topics.trees, topics.trajectories].map(({ name }) => ({ topic: name, as: (text: string) => text })),
  { topic: topics.faults.name, as: faultOf },
];

/** The laws that a history breaks, one sentence each; `calm` is the history of the same questions in quiet weather. */
export function problemsOf(history: History, calm: History): readonly string[] {
  return [...ledgerProblems(history), ...recordProblems(history, calm), ...requestProblems(history), ...partProblems(history, calm)];
}

/** Law 1, over all partitions of a stage. */
function ledgerProblems({ progress, weather, records }: History): readonly string[] {
  const ofStage = (stage: string) => addLedgers(progress.filter((record) => record.stage === stage).map(({ ledger }) => ledger));
  const expected: { readonly [stage: string]: number } = { expand: weather.questions, rollout: records['rollouts']!.length, label: weather.questions, shard: records['trajectories']!.length };
  return ['expand', 'rollout', 'label', 'shard'].flatMap((stage) => {
    const ledger = ofStage(stage);
    const problem = ledgerProblem(stage, ledger);
    const open = ledger.open === 0 ? [] : [`${stage}: ${ledger.open} trees are open.`];
    const taken = (expected[stage] ?? ledger.in) === ledger.in ? [] : [`${stage}: ${ledger.in} records went in, ${expected[stage]} were there.`];
    return [...(problem === undefined ? [] : [problem]), ...open, ...taken];
  });
}

/** Law 2: nothing lost, nothing twice; law 4: the same trees, rows and events as in quiet weather. */
function recordProblems({ records }: History, calm: History): readonly string[] {
  return same.flatMap(({ topic, as }) => {
    const [here, there] = [records[topic]!.map(as), calm.records[topic]!.map(as)];
    const counts = new Map<string, number>();
    for (const one of here) counts.set(one, (counts.get(one) ?? 0) + 1);
    for (const one of there) counts.set(one, (counts.get(one) ?? 0) - 1);
    const wrong = [...counts].filter(([, count]) => count !== 0);
    return wrong.slice(0, 3).map(([text, count]) => `${topic}: ${count > 0 ? 'too many' : 'missing'}, of ${wrong.length} such: ${text.slice(0, 300)}`);
  });
}

/** Law 2: what a death, a failed commit or a move may cost; and, where nobody else can write, never anything that was committed. */
function requestProblems({ weather, askedAgain, askedAgainMax, askedInVain }: History): readonly string[] {
  return [
    ...(askedAgain > askedAgainMax ? [`${askedAgain} requests were asked again, and ${askedAgainMax} at most may be.`] : []),
    ...(weather.workers === 1 ? askedInVain.map((which) => `asked although its answer was committed: ${which}`).slice(0, 3) : []),
  ];
}

/** Each listed part is there with its bytes, no other file is, and each record of `trajectories` stands in one part of a kind. */
function partProblems({ records, files }: History, calm: History): readonly string[] {
  const partsOf = (history: History) => history.records['parts']!.map((text) => JSON.parse(text) as PartRecord);
  const parts = partsOf({ records, files } as History);
  const problems = parts.flatMap(({ file, sha256 }) => {
    const bytes = files.get(file);
    if (bytes === undefined) return [`${file} is listed and not there.`];
    return createHash('sha256').update(bytes).digest('hex') === sha256 ? [] : [`${file} has other bytes than its record says.`];
  });
  const names = new Set(parts.map(({ file }) => file));
  const rows = (some: readonly PartRecord[]) => Object.fromEntries(['prm', 'sft', 'preference', 'preference_steps'].map((kind) => [kind, some.filter((part) => part.kind === kind).reduce((sum, part) => sum + part.rows, 0)]));
  const [here, there] = [JSON.stringify(rows(parts)), JSON.stringify(rows(partsOf(calm)))];
  return [
    ...problems,
    ...(names.size === parts.length ? [] : ['A part is listed twice.']),
    ...[...files.keys()].filter((file) => !names.has(file)).map((file) => `${file} is not listed.`),
    ...(here === there ? [] : [`The parts hold ${here} rows; they should hold ${there}.`]),
  ];
}
