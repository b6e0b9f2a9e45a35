// An import that is interrupted and goes on announces what it wrote, and a run over half an import is refused.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBroker } from '@slowthink/broker';
import { parseMapping } from '@slowthink/corpus';
import type { FaultError } from '@slowthink/faults';
import { topics, type EndRecord, type QuestionRecord, type Topic } from '@slowthink/records';
import { silent, type Observer } from '@slowthink/stream';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { checkImported, importQuestions, importedQuestions, type ImportReport, type Screen } from './import-questions.ts';
import { readTopic } from './read-topic.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const row = (at: number, question = `Which drug ${at}?`): string => JSON.stringify({ id: `q${at}`, question, options: { A: 'a', B: 'b' }, answer: 'AB'[at % 2] });
const file = (name: string, rows: readonly string[]): string => { writeFileSync(join(folder, name), `${rows.join('\n')}\n`); return join(folder, name); };
const many = file('many.jsonl', Array.from({ length: 1500 }, (_, at) => row(at)));
const few = file('few.jsonl', [0, 1, 2].map((at) => row(at)));

let broker: MemoryBroker;
beforeEach(async () => { broker = await newBroker(); });

async function newBroker(): Promise<MemoryBroker> {
  const made = new MemoryBroker();
  await made.ensureTopics(Object.values(topics).map(({ name, retention, partitions }) => ({ name, retention, partitions: partitions === 'one' ? 1 : 2 })));
  return made;
}

const take = (paths: readonly string[], { limit = Infinity, signal, observer = silent, dataset = 'many' }: { limit?: number; signal?: AbortSignal; observer?: Observer; dataset?: string } = {}): Promise<ImportReport> =>
  importQuestions({ broker, corpus: { paths, dataset }, limit, observer, ...(signal ? { signal } : {}) });

/** Ctrl-C as soon as the first questions are committed. */
function takeAndStop(paths: readonly string[], options: { limit?: number } = {}): Promise<ImportReport> {
  const stop = new AbortController();
  return take(paths, { ...options, signal: stop.signal, observer: ({ kind }) => { if (kind === 'import') stop.abort(); } });
}

/** Questions and what the ends announce, by partition. */
async function counted(): Promise<{ written: readonly number[]; announced: readonly number[]; ids: number }> {
  const [written, announced, ids] = [[0, 0], [0, 0], new Set<string>()];
  for await (const { stored, value } of readTopic<QuestionRecord>(broker, topics.questions, 'question')) { written[stored.partition]!++; ids.add(value.id); }
  for await (const { stored, value } of readTopic<EndRecord>(broker, topics.questions, 'end')) announced[stored.partition]! += value.count;
  return { written, announced, ids: ids.size };
}

describe('an interrupted import that goes on', () => {
  it('announces in each partition the questions that stand there, each of them once', async () => {
    await takeAndStop([many]);
    const half = await counted();
    expect(half.ids).toBeGreaterThan(0);
    expect(half).toMatchObject({ announced: [0, 0] });
    const { files, ledger } = await take([many]);
    expect(files).toMatchObject([{ questions: 1500, faults: 0, known: 0 }]);
    expect(ledger).toEqual({ in: 1500, ok: 1500, failed: 0, dropped: 0, open: 0 });
    const whole = await counted();
    expect(whole.ids).toBe(1500);
    expect(whole.written[0]! + whole.written[1]!).toBe(1500);
    expect(whole.announced).toEqual(whole.written);
  });

  it('announces no question that an import before the interrupted one had written', async () => {
    await take([many], { limit: 300 });
    await takeAndStop([many]);
    const { files, ledger } = await take([many]);
    expect(files).toMatchObject([{ questions: 1200, known: 300 }]);
    expect(ledger).toEqual({ in: 1800, ok: 1500, failed: 0, dropped: 300, open: 0 });
    const { written, announced, ids } = await counted();
    expect(ids).toBe(1500);
    expect(announced).toEqual(written);
  });

  it('keeps its place when it is interrupted again before the rows that are new', async () => {
    await takeAndStop([many]);
    const before = await counted();
    const stop = new AbortController();
    stop.abort();
    await take([many], { signal: stop.signal });
    const early = new AbortController();
    const again = take([many], { signal: early.signal });
    await new Promise((resolve) => { setImmediate(resolve); });
    early.abort();
    await again;
    await take([many]);
    const after = await counted();
    expect(before.ids).toBeLessThan(1500);
    expect(after).toMatchObject({ ids: 1500, announced: after.written });
    expect((await take([many])).ledger).toMatchObject({ in: 1500, dropped: 0 });
  });

  it('reports a finished file again as it was, and writes nothing', async () => {
    await take([few], { dataset: 'few' });
    const before = await counted();
    const { files, ledger } = await take([few], { dataset: 'few' });
    expect(files).toMatchObject([{ questions: 3, known: 0 }]);
    expect(ledger.in).toBe(3);
    expect(await counted()).toEqual(before);
  });
});

describe('what was imported into a folder', () => {
  it('is each file and name once, in the order in which they came, whatever the limit', async () => {
    await take([few], { dataset: 'few', limit: 1 });
    await take([many], { limit: 2 });
    await take([few], { dataset: 'few' });
    expect(await importedQuestions(broker)).toEqual([few, many]);
  });
});

describe('a run over an import that was interrupted', () => {
  it('is refused with the command that finishes it, and allowed after that', async () => {
    await takeAndStop([many], { limit: 1200 });
    await expect(checkImported(broker, '/runs/a b')).rejects.toMatchObject({
      code: 'IMPORT_UNFINISHED',
      message: expect.stringMatching(new RegExp(`^The import of ${many} into /runs/a b was interrupted after \\d+ rows\\.$`)) as string,
      hint: expect.stringContaining(`slowthink import --questions ${many} --limit 1200 --dataset many --dir "/runs/a b"`) as string,
    });
    await take([few], { dataset: 'few' }); // another file does not finish it
    await expect(checkImported(broker, '/runs/a')).rejects.toMatchObject({ code: 'IMPORT_UNFINISHED' });
    await take([many], { limit: 1200 });
    await expect(checkImported(broker, '/runs/a')).resolves.toBeUndefined();
  });

  it('is told the mapping, the limits and the part as they must be typed again, in the words of its command', async () => {
    const half = async (topic: Topic, map: string): Promise<void> => {
      const stop = new AbortController();
      const screen: Screen = { name: 'shard 1/1', flags: ['--shard', '1/1'], look: () => 'take' };
      await importQuestions({ broker, topic, corpus: { paths: [many], mapping: parseMapping(map) }, limit: 1200, limitPerSet: 1100, screen, observer: ({ kind }) => { if (kind === 'import') stop.abort(); }, signal: stop.signal });
    };
    await half(topics.questions, 'question=question,answer=answer,options=options,id=id');
    const rest = `${many} --limit 1200 --limit-per-set 1100 --map question=question,answer=answer,options=options,id=id --shard 1/1 --dir /runs/a`;
    await expect(checkImported(broker, '/runs/a')).rejects.toMatchObject({ hint: expect.stringMatching(new RegExp(`: slowthink import --questions ${rest}$`)) as string });
    await expect(checkImported(broker, '/runs/a', 'curriculum')).rejects.toMatchObject({ hint: expect.stringMatching(new RegExp(`: slowthink curriculum --questions ${rest}$`)) as string });
    broker = await newBroker();
    await half(topics.benchmarkItems, 'question=question|"Is it \'so\' for $1?",answer=answer,options=options,id=id');
    const quoted = String.raw`'question=question|"Is it '\''so'\'' for $1?",answer=answer,options=options,id=id'`;
    const hint = await checkImported(broker, '/runs/a', 'evaluate').then(() => '', (error: FaultError) => error.hint);
    expect(hint.slice(hint.indexOf('slowthink'))).toBe(`slowthink evaluate --items ${many} --limit 1200 --limit-per-set 1100 --map ${quoted} --shard 1/1 --dir /runs/a`);
    const words = execFileSync('/bin/sh', ['-c', `printf '%s\n' ${hint.slice(hint.indexOf('slowthink'))}`], { encoding: 'utf8' }).split('\n');
    expect(words[words.indexOf('--map') + 1]).toBe('question=question|"Is it \'so\' for $1?",answer=answer,options=options,id=id');
  });

  it('is allowed when the same file was imported with another limit instead: the ends of both announce what stands there', async () => {
    await takeAndStop([many]);
    const notes: string[] = [];
    await take([many], { limit: 700, observer: (signal) => { if (signal.kind === 'note') notes.push(signal.message); } });
    await expect(checkImported(broker, '/runs/a')).resolves.toBeUndefined();
    expect(notes).toEqual([expect.stringMatching(/many\.jsonl replaces one that was interrupted after \d+ rows; the questions it wrote stay\.$/)]);
    const { written, announced } = await counted();
    expect(announced).toEqual(written);
    await take([many]); // the one that was replaced, asked for again
    const whole = await counted();
    expect(whole).toMatchObject({ ids: 1500, announced: whole.written });
  });

  it('is allowed over a folder without any import', async () => {
    await expect(checkImported(broker, '/runs/a')).resolves.toBeUndefined();
  });
});
