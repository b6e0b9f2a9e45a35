// MedSSS-data in, labelled and sealed, and out again, on a broker in memory: the same whatever the partitions and wherever it dies.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBroker, type MemoryBrokerOptions } from '@slowthink/broker';
import type { ChainForm } from '@slowthink/medsss';
import { topics, type EndRecord, type FaultRecord, type PartRecord, type TreeRecord } from '@slowthink/records';
import { checkLedgers, type StageReport } from '@slowthink/runtime';
import { silent } from '@slowthink/stream';
import { seal, type SealReport } from '@slowthink/tables';
import { checkComplete, checkImported, importedSettings, importMedsss, readSettings, readTopic, type ImportReport } from '@slowthink/wiring';
import { afterAll, describe, expect, it } from 'vitest';
import { contents, hashPolicy, putQuestions, question, startStream } from '../testing/stream-in-memory.ts';
import { writeRows } from './write-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-medsss-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const settings = importedSettings(readSettings({ flags: {}, env: {}, remember: false }).values);

async function newBroker(partitions: number, options: MemoryBrokerOptions = {}): Promise<MemoryBroker> {
  const broker = new MemoryBroker(options);
  await broker.ensureTopics(Object.values(topics).map(({ name, retention, partitions: count }) => ({ name, retention, partitions: count === 'one' ? 1 : partitions })));
  return broker;
}

const written = async (broker: MemoryBroker, chains: ChainForm, name = `${chains}.json`): Promise<string> => (await writeRows(broker, { path: join(folder, name), chains, marks: true, unsimulated: 'leave-out', allowBenchmark: false })).path;

/** A search of 40 questions with a scripted policy, as this program writes it. */
const searched = (async () => {
  const broker = new MemoryBroker();
  await putQuestions(broker, Array.from({ length: 40 }, (_, index) => question(index)), 2);
  await (await startStream({ broker, policy: hashPolicy(), partsFolder: join(folder, 'searched') })).over;
  const files = { tuples: await written(broker, 'tuples'), objects: await written(broker, 'objects') };
  return { files, trees: (await contents(broker, topics.trees)).length };
})();

const take = (broker: MemoryBroker, path: string, signal?: AbortSignal): Promise<ImportReport> => importMedsss({ broker, settings, verdicts: 'file', corpus: { paths: [path] }, limit: Infinity, observer: silent, ...(signal ? { signal } : {}) });

const label = async (broker: MemoryBroker, name: string): Promise<readonly StageReport[]> => (await startStream({ broker, policy: hashPolicy(), partsFolder: join(folder, name), only: ['label', 'shard'], parts: { quietMs: 20 } })).over;

async function labelled(broker: MemoryBroker, name: string): Promise<{ readonly reports: readonly StageReport[]; readonly sealed: SealReport }> {
  const partsFolder = join(folder, name);
  const reports = await label(broker, name);
  const parts = (await contents(broker, topics.parts)).map((text) => JSON.parse(text) as PartRecord);
  return { reports, sealed: await seal({ folder: partsFolder, parts, out: `${partsFolder}-dataset`, format: 'parquet', allowBenchmark: false, name: 'medsss', settings: {} }) };
}

describe('MedSSS-data', () => {
  it.each(['objects', 'tuples'] as const)('comes back byte for byte, as %s, from any number of partitions', async (form) => {
    const { files } = await searched;
    for (const partitions of [1, 5]) {
      const broker = await newBroker(partitions);
      const { files: [report], ledger } = await take(broker, files[form]);
      expect(report).toMatchObject({ faults: 0, known: 0, tally: { disagree: 0, unread: 0, repeated: 0, tidied: 0, lastValues: 0 } });
      expect(report!.questions).toBeGreaterThan(30);
      expect(ledger).toMatchObject({ in: report!.questions, ok: report!.questions });
      expect(readFileSync(await written(broker, form, `${form}-again.json`), 'utf8')).toBe(readFileSync(files[form], 'utf8'));
    }
  });

  it('gives a row a chain, and every ledger adds up (law 1)', async () => {
    const { files } = await searched;
    const broker = await newBroker(3);
    const { files: [report] } = await take(broker, files.tuples);
    const { reports, sealed } = await labelled(broker, 'ledger');
    checkLedgers(reports);
    await checkComplete(broker);
    expect(reports.find(({ name }) => name === 'label')!.ledger).toMatchObject({ in: report!.questions, ok: report!.questions });
    expect(sealed.rows.prm).toBe(report!.tally!['chains']);
    expect(sealed.rows.sft).toBeGreaterThan(5);
    expect(sealed.trees).toBe(report!.questions);
  });

  it('loses nothing, doubles nothing and seals the same bytes, wherever it dies (law 2)', async () => {
    const { files } = await searched;
    const quiet = await newBroker(2);
    const report = await take(quiet, files.tuples);
    const { sealed } = await labelled(quiet, 'quiet');
    const trees = await contents(quiet, topics.trees);
    // commits of a life, counted over import, label and shard; whether the last one was written
    for (const deaths of [[{ after: 0, written: true }, { after: 0, written: false }], [{ after: 1, written: true }, { after: 2, written: true }], [{ after: 3, written: false }, { after: 2, written: true }]]) {
      let broker = await newBroker(2);
      rmSync(join(folder, 'deaths'), { recursive: true, force: true });
      for (const { after, written: wasWritten } of deaths) {
        let commits = 0;
        const die = (): void => { if (++commits > after) throw new Error('power cut'); };
        broker = await broker.reopen(wasWritten ? { afterCommit: die } : { beforeCommit: die });
        await take(broker, files.tuples).then(() => label(broker, 'deaths')).catch((error: unknown) => expect(String(error)).toContain('power cut'));
        broker = await broker.reopen({ beforeCommit: () => {}, afterCommit: () => {} });
      }
      expect(await take(broker, files.tuples)).toEqual(report);
      const again = await labelled(broker, 'deaths');
      checkLedgers(again.reports);
      expect(await contents(broker, topics.trees)).toEqual(trees);
      expect(again.sealed.files).toEqual(sealed.files);
      const announced = [0, 0];
      for await (const { stored, value } of readTopic<EndRecord>(broker, topics.trees, 'end')) announced[stored.partition]! += value.count;
      expect(announced[0]! + announced[1]!).toBe(trees.length);
    }
  });

  it('is written whole or not at all, and takes away what a killed writer left', async () => {
    const { files } = await searched;
    const path = join(folder, 'whole.json');
    writeFileSync(path, 'earlier');
    writeFileSync(join(folder, '.whole.json.999999999.tmp'), 'half');
    const empty = await newBroker(1);
    await expect(writeRows(empty, { path, chains: 'objects', marks: true, unsimulated: 'leave-out', allowBenchmark: false })).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
    expect(readFileSync(path, 'utf8')).toBe('earlier');
    const broker = await newBroker(1);
    await take(broker, files.objects);
    expect(await writeRows(broker, { path, chains: 'objects', marks: true, unsimulated: 'leave-out', allowBenchmark: false })).toMatchObject({ path, benchmarkLeftOut: 0, withoutChain: 0 });
    expect(readdirSync(folder).filter((name) => name.includes('whole.json'))).toEqual(['whole.json']);
  });

  it('is written where something lies beside it that cannot be taken away', async () => {
    const { files } = await searched;
    mkdirSync(join(folder, '.placed.json.999999999.tmp/inner'), { recursive: true });
    const broker = await newBroker(1);
    await take(broker, files.objects);
    expect(readFileSync(await written(broker, 'objects', 'placed.json'), 'utf8')).toBe(readFileSync(files.objects, 'utf8'));
  });

  it('leaves benchmark questions out unless they are asked for', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, [question(0), { ...question(1), id: 'made/test/1', split: 'test', role: 'benchmark' }], 1);
    await (await startStream({ broker, policy: hashPolicy(), partsFolder: join(folder, 'benchmark') })).over;
    const write = (allowBenchmark: boolean) => writeRows(broker, { path: join(folder, 'benchmark.json'), chains: 'objects', marks: true, unsimulated: 'leave-out', allowBenchmark });
    const [without, all] = [await write(false), await write(true)];
    expect([without.benchmarkLeftOut, all.benchmarkLeftOut, all.rows + all.withoutChain]).toEqual([1, 0, 2]);
  });

  it('goes on where Ctrl-C stopped it', async () => {
    const { files } = await searched;
    const broker = await newBroker(2);
    const stop = new AbortController();
    await importMedsss({ broker, settings, verdicts: 'file', corpus: { paths: [files.tuples] }, limit: Infinity, observer: ({ kind }) => { if (kind === 'import') stop.abort(); }, signal: stop.signal });
    const half = (await contents(broker, topics.trees)).length;
    await expect(checkImported(broker, '/runs/a')).rejects.toMatchObject({ code: 'IMPORT_UNFINISHED', hint: expect.stringMatching(/slowthink import --questions \S+tuples\.json --dataset medsss-data --map \S+ --format medsss --dir \/runs\/a$/) as string });
    const { files: [report] } = await take(broker, files.tuples);
    await expect(checkImported(broker, '/runs/a')).resolves.toBeUndefined();
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(report!.questions);
    expect(await contents(broker, topics.trees)).toHaveLength(report!.questions);
  });

  it('sends a bad row to faults with its place, its bytes and what to do, and takes the rest', async () => {
    const good = { id: 'a', question: 'Which?\nA. a\nB. b', answer: 'A', pos: [[{ step: "Let's break down this problem step by step.", value: 0.5 }, { step: 'The answer is A.', value: 1 }]], neg: [] };
    const rows = [JSON.stringify(good), JSON.stringify({ ...good, id: 'b', pos: [] }), JSON.stringify({ ...good, id: 'c', answer: '' }), JSON.stringify(good), '{"id": "d", "pos": [NaN]}', JSON.stringify({ ...good, id: 'e', pos: [[{ step: 'x', value: 2 }]] }), JSON.stringify({ ...good, id: 'f', neg: good.pos })];
    const path = join(folder, 'bad.jsonl');
    writeFileSync(path, rows.join('\n'));
    const broker = await newBroker(1);
    const { files: [report], ledger } = await take(broker, path);
    expect(report).toMatchObject({ questions: 1, faults: 6 });
    expect(ledger).toEqual({ in: 7, ok: 1, failed: 6, dropped: 0, open: 0 });
    const faults = (await contents(broker, topics.faults)).map((text) => JSON.parse(text) as FaultRecord).toSorted((one, other) => Number(one.place.split(':').at(-1)) - Number(other.place.split(':').at(-1)));
    expect(faults.map(({ place, code }) => `${place.split(':').at(-1)} ${code}`)).toEqual(['2 QUESTION_ROW_INVALID', '3 QUESTION_GOLD_MISSING', '4 QUESTION_DUPLICATE', '5 QUESTION_ROW_INVALID', '6 QUESTION_ROW_INVALID', '7 QUESTION_ROW_INVALID']);
    expect(faults[0]).toMatchObject({ key: 'medsss-data/train/b', message: 'The row on line 2 has no chain: both pos and neg are missing or empty.', hint: expect.stringContaining('Mend the row') as string, original: { text: rows[1] } });
  });

  it('takes a file that was imported before, with another name too, for what it is', async () => {
    const { files } = await searched;
    const broker = await newBroker(2);
    const { files: [first] } = await take(broker, files.tuples);
    const { files: [other] } = await take(broker, files.objects); // the same questions
    expect(other).toMatchObject({ questions: 0, known: first!.questions, faults: 0 });
    expect(await contents(broker, topics.trees)).toHaveLength(first!.questions);
  });

  it('says of every tree which row of which file it was, and keeps the order of the file', async () => {
    const { files } = await searched;
    const broker = await newBroker(4);
    await take(broker, files.tuples);
    const ids = (JSON.parse(readFileSync(files.tuples, 'utf8')) as { readonly id: string }[]).map(({ id }) => id);
    const trees = (await contents(broker, topics.trees)).map((text) => JSON.parse(text) as TreeRecord);
    for (const { questionId, source } of trees) expect(questionId).toBe(`medsss-data/train/${ids[source!.row - 1]}`);
  });
});
