// Question files whose gold is replaced: the words of it by a sentinel, the answer by another one. What a model is asked must not change (law 8).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MemoryBroker } from '@slowthink/broker';
import { readCorpus } from '@slowthink/corpus';
import type { SampleRequest } from '@slowthink/models';
import { questionText } from '@slowthink/prompts';
import { hashSeed, topics, type QuestionRecord, type TreeRecord } from '@slowthink/records';
import { contents, hashPolicy, putQuestions, startStream } from './stream-in-memory.ts';

export const sentinel = 'Zq7-sentinel-Xw';
/** The published files, where they are at hand. */
export const medical = process.env['SLOWTHINK_MEDICAL_DATA'] ?? fileURLToPath(new URL('../../../../../shared/data/medical', import.meta.url));
const dosage = fileURLToPath(new URL('../../../../datasets/dosage/train.jsonl', import.meta.url));

interface MedsssRow { readonly id: string | number; readonly conversations: readonly { readonly from: string; readonly value: string }[]; readonly eval: { readonly [key: string]: unknown }; readonly [key: string]: unknown }

/** Another answer of the same form; a text that is no letter becomes the sentinel. */
function otherAnswer(answer: unknown, question: string, at: number): string {
  const letters = [...new Set([...question.matchAll(/^([A-Z])[.)] ?/gm)].map(([, letter]) => letter!))];
  if (!letters.includes(String(answer))) return sentinel;
  const others = letters.filter((letter) => letter !== answer);
  return others[hashSeed('other', at) % others.length]!;
}

/** eval, answer_idx and the turn of gpt replaced. */
function withoutGold(row: MedsssRow, at: number): MedsssRow {
  const answer = otherAnswer(row.eval['answer'], row.conversations[0]!.value, at);
  return {
    ...row, conversations: row.conversations.map((turn) => (turn.from === 'gpt' ? { ...turn, value: sentinel } : turn)),
    eval: Object.fromEntries(Object.keys(row.eval).map((key) => [key, key === 'answer' ? answer : sentinel])), ...('answer_idx' in row ? { answer_idx: answer } : {}),
  };
}

const everyNth = <Row>(rows: readonly Row[], count: number): readonly Row[] => (count >= rows.length ? rows : rows.filter((_, at) => Math.floor((at * count) / rows.length) !== Math.floor(((at - 1) * count) / rows.length)));

// A copy is not known by its checksum, so nothing says that the answers of drugdose are spans; open ones are asked nothing where no program judges.
const spanWhereOpen = ({ gold, ...question }: QuestionRecord): QuestionRecord => ({ ...question, gold: gold.kind === 'open' ? { kind: 'span', answer: gold.answer } : gold });

/** Questions from real files, as they are and with other gold: of `counts`' files each so many, spread evenly; all where it says Infinity. */
export async function questionPairs(folder: string, counts: { readonly [file: string]: number }): Promise<{ readonly real: readonly QuestionRecord[]; readonly other: readonly QuestionRecord[] }> {
  const [real, other] = ['real', 'other'].map((name) => { mkdirSync(join(folder, name)); return join(folder, name); }) as [string, string];
  const files: string[] = [];
  for (const [file, count] of Object.entries(counts)) {
    const write = (rows: readonly unknown[], changed: readonly unknown[]): void => { files.push(file); [[real, rows], [other, changed]].forEach(([dir, all]) => writeFileSync(join(dir as string, file), JSON.stringify(all))); };
    if (file === 'dosage.json') {
      const rows = everyNth(readFileSync(dosage, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { readonly answer: number; readonly kind: string }), count).map(({ kind: _kind, ...row }) => row);
      write(rows, rows.map((row) => ({ ...row, answer: row.answer * 3 + 7919, numbers: sentinel, cue: sentinel })));
    } else if (existsSync(join(medical, file))) {
      const rows = everyNth(JSON.parse(readFileSync(join(medical, file), 'utf8')) as readonly MedsssRow[], count);
      write(rows, rows.map(withoutGold));
    }
  }
  const read = async (dir: string): Promise<readonly QuestionRecord[]> => {
    const questions: QuestionRecord[] = [];
    for await (const item of readCorpus({ paths: files.map((file) => join(dir, file)), role: 'train' })) if (item.kind === 'question') questions.push(spanWhereOpen(item.question));
    return questions;
  };
  return { real: await read(real), other: await read(other) };
}

export interface Asked {
  /** Every request of expand and rollout, by id. */
  readonly policy: ReadonlyMap<string, SampleRequest>;
  /** What a step scorer would be asked about every leaf, as text. */
  readonly scorer: readonly string[];
}

/** What is asked while the whole stream works on the questions. The texts that come back follow from the requests. */
export async function askedAbout(questions: readonly QuestionRecord[], partsFolder: string): Promise<Asked> {
  const broker = new MemoryBroker();
  await putQuestions(broker, questions, 4);
  const policy = hashPolicy();
  await (await startStream({ broker, policy, partsFolder, trees: 64, requests: 64 })).over;
  const scorer: string[] = [];
  for (const text of await contents(broker, topics.trees)) {
    const { nodes, prompt } = JSON.parse(text) as TreeRecord;
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const parents = new Set(nodes.map(({ parentId }) => parentId));
    for (const { id } of nodes.filter((node) => !parents.has(node.id))) scorer.push(JSON.stringify({ question: questionText(prompt), steps: id.split('.').map((_, depth, parts) => byId.get(parts.slice(0, depth + 1).join('.'))!.text) }));
  }
  return { policy: new Map(policy.requests.map((request) => [request.id, request])), scorer };
}
