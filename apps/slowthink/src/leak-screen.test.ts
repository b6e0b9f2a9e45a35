// An import that checks its questions against benchmarks: what it drops, how it counts, and that an interrupted one comes to the same.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBroker } from '@slowthink/broker';
import { topics, type FaultRecord, type QuestionRecord } from '@slowthink/records';
import { silent, type Observer } from '@slowthink/stream';
import { checkImported, importQuestions, readSettings, readTopic, type ImportReport, type Screen } from '@slowthink/wiring';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunSettings } from './flags.ts';
import { trainingScreen } from './leak-screen.ts';
import { corpusRequest, screenOf } from './questions.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-leaks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, rows: readonly object[]): string => { writeFileSync(join(folder, name), `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`); return join(folder, name); };

const options = { A: 'The red gull', B: 'The grey seal', C: 'The old crab' };
const stem = (at: number): string => `Lighthouse keeper ${at} hears bells under water whenever fog number ${at} drifts from the harbour across island ${at}; which animal rings them?`;
const row = (at: number, question = stem(at), more: object = {}): object => ({ id: `q${at}`, question, options, answer: 'ABC'[at % 3], ...more });
const exam = file('exam.jsonl', [7, 8].map((at) => ({ ...row(at), id: `item${at}` })));
const other = file('other.jsonl', [{ ...row(9), id: 'item9' }]);
// 620 questions about 620 things; 7 and 560 are leaks of exam: word for word, and inside a longer text
const questions = file('questions.jsonl', Array.from({ length: 620 }, (_, at) => (at === 7 ? row(7) : at === 560 ? row(560, `Read this first. ${stem(8)} Think.`) : row(at, `Does moss ${at} grow on roof ${at} after winter ${at}, as neighbour ${at} says it did before the war?`))));

const settings = (flags: { readonly [flag: string]: string | readonly string[] } = {}): RunSettings => readSettings({ flags: { '--questions': [questions], '--decontaminate': [exam], ...flags }, env: {}, remember: false }).values;
const screenFor = async (flags: { readonly [flag: string]: string | readonly string[] } = {}): Promise<Screen> => (await trainingScreen(settings(flags), () => {}))!;

let broker: MemoryBroker;
beforeEach(async () => {
  broker = new MemoryBroker();
  await broker.ensureTopics(Object.values(topics).map(({ name, retention, partitions }) => ({ name, retention, partitions: partitions === 'one' ? 1 : 2 })));
});

async function take(given: RunSettings, { signal, observer = silent }: { signal?: AbortSignal; observer?: Observer } = {}): Promise<ImportReport> {
  return importQuestions({ broker, corpus: await corpusRequest(given, () => {}), limit: Infinity, screen: await trainingScreen(given, () => {}), observer, ...(signal ? { signal } : {}) });
}

async function written(): Promise<{ readonly ids: ReadonlySet<string>; readonly faults: readonly FaultRecord[] }> {
  const [ids, faults] = [new Set<string>(), [] as FaultRecord[]];
  for await (const { value } of readTopic<QuestionRecord>(broker, topics.questions, 'question')) ids.add(value.id);
  for await (const { value } of readTopic<FaultRecord>(broker, topics.faults, 'fault')) faults.push(value);
  return { ids, faults: faults.toSorted((a, b) => (a.key! < b.key! ? 1 : -1)) };
}

describe('an import that is checked against benchmarks', () => {
  it('drops what overlaps an item, with a fault that names kind and item, and its ledger adds up (law 1)', async () => {
    const { files, ledger } = await take(settings());
    expect(files).toMatchObject([{ questions: 618, faults: 0, known: 0, dropped: 2 }]);
    expect(ledger).toEqual({ in: 620, ok: 618, failed: 0, dropped: 2, open: 0 });
    const { ids, faults } = await written();
    expect(ids.size).toBe(618);
    expect([ids.has('questions/train/q7'), ids.has('questions/train/q560'), ids.has('questions/train/q8')]).toEqual([false, false, true]);
    expect(faults).toMatchObject([
      { code: 'QUESTION_CONTAMINATED', key: 'questions/train/q7', message: expect.stringContaining('exam/train/item7 and 1 more: verbatim, 100 %') },
      { code: 'QUESTION_CONTAMINATED', blame: 'record', retry: false, stage: 'import', key: 'questions/train/q560', place: `${questions}:561`, message: expect.stringMatching(/^The question questions\/train\/q560 overlaps the benchmark item exam\/train\/item8.*: 13-gram, 100 % of its words \("lighthouse keeper 8 hears bells under water whenever fog number 8 drifts .* …"\)\.$/u) },
    ]);
  });

  it('comes to the same when it is interrupted and goes on, and says all its flags to whoever must type it again', async () => {
    const stop = new AbortController();
    await take(settings({ '--leak-share': '0.5' }), { signal: stop.signal, observer: ({ kind }) => { if (kind === 'import') stop.abort(); } });
    const half = await written();
    expect(half.ids.size).toBeGreaterThan(0);
    expect(half.ids.size).toBeLessThan(618);
    await expect(checkImported(broker, 'runs/one')).rejects.toMatchObject({ code: 'IMPORT_UNFINISHED', hint: expect.stringContaining(`--questions ${questions} --decontaminate ${exam} --leak-share 0.5 --dir`) });
    const { files, ledger } = await take(settings({ '--leak-share': '0.5' }));
    expect(files).toMatchObject([{ questions: 618, dropped: 2 }]);
    expect(ledger).toEqual({ in: 620, ok: 618, failed: 0, dropped: 2, open: 0 });
    expect((await written()).faults.map(({ key }) => key)).toEqual(['questions/train/q7', 'questions/train/q560']);
    await expect(checkImported(broker, 'runs/one')).resolves.toBeUndefined();
  });

  it('takes its part of the questions first, so that the parts together are the whole', async () => {
    const ledgers = [];
    for (const part of ['1/2', '2/2']) {
      await broker.close();
      broker = new MemoryBroker();
      await broker.ensureTopics(Object.values(topics).map(({ name, retention, partitions }) => ({ name, retention, partitions: partitions === 'one' ? 1 : 2 })));
      ledgers.push((await take(settings({ '--shard': part }))).ledger);
    }
    expect(ledgers.reduce((sum, ledger) => sum + ledger.ok, 0)).toBe(618);
    expect(ledgers.reduce((sum, ledger) => sum + ledger.dropped, 0)).toBe(2);
  });

  it('drops the kinds it is told to', async () => {
    const { files } = await take(settings({ '--leak-kinds': ['verbatim'] }));
    expect(files).toMatchObject([{ questions: 619, dropped: 1 }]);
  });
});

describe('the name of a screen', () => {
  it('follows from the bytes that are checked against and from the rules, not from order or place', async () => {
    const both = [await screenFor({ '--decontaminate': [exam, other] }), await screenFor({ '--decontaminate': [other, exam] })].map(({ name }) => name);
    expect(both[0]).toBe(both[1]);
    const names = [both[0], ...(await Promise.all([screenFor(), screenFor({ '--decontaminate': [other] }), screenFor({ '--leak-kinds': ['all'] }), screenFor({ '--leak-share': '0.5' }), screenFor({ '--shard': '1/2' })])).map(({ name }) => name)];
    expect(new Set(names).size).toBe(6);
    expect(names[5]).toMatch(/^shard 1\/2, decontaminate [0-9a-f]{20}$/u);
  });

  it('is none where nothing is asked for, and none for the items of an evaluation', async () => {
    expect(await trainingScreen(settings({ '--decontaminate': [] }), () => {})).toBeUndefined();
    expect(screenOf(settings())).toBeUndefined();
  });
});

it.each([
  [['absent.jsonl'], 'QUESTION_FILE_MISSING', 'There is no file absent.jsonl'], [['medqa'], 'QUESTION_FILE_MISSING', 'The data set medqa is known, but its file'],
])('says which benchmark of %j is not there', async (paths, code, message) => {
  await expect(screenFor({ '--decontaminate': paths })).rejects.toMatchObject({ code, message: expect.stringContaining(message), hint: expect.stringMatching(/--decontaminate|published/u) });
});

it('refuses a benchmark in which no row is an item', async () => {
  await expect(screenFor({ '--decontaminate': [file('bad.jsonl', [{ question: '', answer: 'A' }])] })).rejects.toMatchObject({ code: 'SETTING_INVALID', message: expect.stringContaining('gives no item to check against: none of 1 rows is a question. ') });
});
