// Files -> topic questions, or seeds; with a maker -> trees. Each file is a batch: its rows, then an `end` a partition. Resumable: progress is committed with the rows.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Broker, NewRecord, Task } from '@slowthink/broker';
import { mappingText, openIdIndex, promptHashOf, readCorpus, type CorpusItem, type CorpusRequest, type CorpusRow, type IdIndex } from '@slowthink/corpus';
import { FaultError, crossPoint } from '@slowthink/faults';
import { encodeRecord, hashId, partitionOf, topics, type FaultRecord, type QuestionRecord, type Topic, type TreeRecord } from '@slowthink/records';
import { emptyLedger, settleInLedger, type LedgerCounts, type Observer } from '@slowthink/stream';
import { flows } from './flows.ts';
import { invalidRecord, readTopic } from './read-topic.ts';

export interface ImportReport {
  readonly files: readonly { readonly path: string; readonly dataset: string; readonly split: string; readonly role: string; readonly manifest?: string; readonly shape?: string; readonly ownNames?: true; readonly questions: number; readonly faults: number; readonly known: number; /** By the screen. */ readonly dropped: number; /** Of the questions taken now: no rule judges their answers. */ readonly open: number; /** Of a maker, added up over the rows of the file. */ readonly tally?: Tally }[];
  /** Over all imports of this folder. */
  readonly ledger: LedgerCounts;
}

export interface ImportOptions {
  readonly broker: Broker;
  readonly corpus: CorpusRequest;
  /** The source of a flow; questions when left out. */
  readonly topic?: Topic;
  /** Questions to take at most, in file order. */
  readonly limit: number;
  /** Of each data set at most, in file order. */
  readonly limitPerSet?: number | undefined;
  /** Looks at each question before it is written. */
  readonly screen?: Screen | undefined;
  /** Makes what is written of each row; the question itself is written when left out. */
  readonly maker?: Maker | undefined;
  readonly observer: Observer;
  readonly signal?: AbortSignal;
}

/** Counts by name. */
export type Tally = { readonly [name: string]: number };

/** Makes trees of rows, for the topic `trees`. Pure: the same question and row give the same tree, so that an interrupted import comes to the same. */
export interface Maker {
  /** Tells makers apart: another one is another import. */
  readonly name: string;
  /** The flags that ask for it. */
  readonly flags: readonly string[];
  /** A FaultError that it throws sends the row to `faults`. */
  readonly make: (question: QuestionRecord, row: CorpusRow) => { readonly record: TreeRecord; readonly tally: Tally };
}

/** Which questions of a file are taken. It depends on the question alone, so that an interrupted import comes to the same. */
export interface Screen {
  /** Tells screens apart: another one is another import. */
  readonly name: string;
  /** The flags that ask for it, for a person who must type the command again. */
  readonly flags: readonly string[];
  /** take; pass over: it belongs to somebody else, and is in no count; a fault: it is dropped, and the fault says why. */
  readonly look: (question: QuestionRecord) => 'take' | 'pass over' | FaultError;
}

/** How far a file came, as `notes.batches` of the progress of `import` keeps it: what is counted here was committed with it. */
interface Batch {
  readonly items: number; // rows taken
  readonly done: boolean; // its ends are written
  readonly counts: readonly number[]; // questions written, by partition: what its ends announce
  readonly questions: number;
  readonly faults: number;
  readonly known: number;
  readonly dropped: number;
  readonly tally?: Tally; // of a maker
  readonly path: string;
  readonly sha256: string;
  /** Flags of the import that goes on with it. */
  readonly again: readonly string[];
}

const newBatch: Batch = { items: 0, done: false, counts: [], questions: 0, faults: 0, known: 0, dropped: 0, path: '', sha256: '', again: [] };

const itemsPerCommit = 500;
const treesPerCommit = 25; // a tree is some 10 to 100 kB

/**
 * Writes every question once, whatever was imported or killed before; what a file holds that is no question goes to `faults`. A question whose id and text were imported
 * earlier is passed over; one with a known id and another text is QUESTION_DUPLICATE. An interrupted import of the same file with another limit or mapping is replaced: what it
 * wrote is announced with this one's ends. Throws the faults of readCorpus that make the whole command wrong.
 */
export async function importQuestions({ broker, corpus, topic = topics.questions, limit, limitPerSet = Infinity, screen, maker, observer, signal }: ImportOptions): Promise<ImportReport> {
  const task = await broker.claim('import', 0);
  crossPoint('import.claimed');
  const partitions = (await broker.ranges(topic.name)).length;
  const known = openIdIndex();
  try {
    const ofTree = ({ questionId, prompt, attempt }: TreeRecord): Pick<QuestionRecord, 'id' | 'prompt' | 'attempt'> => ({ id: questionId, prompt, attempt });
    for await (const { stored, value: there } of readTopic<QuestionRecord | TreeRecord>(broker, topic, maker === undefined ? 'question' : 'tree', { invalid: (stored, error) => observer({ kind: 'note', level: 'warn', message: invalidRecord(stored, error) }) })) {
      const value = there.type === 'tree' ? ofTree(there) : there;
      if (value.attempt === 1) known.add(value.id, promptHashOf(value.prompt), `${stored.topic}/${stored.partition}/${stored.offset}`);
    }
    const run = new ImportRun(task, topic, partitions, known, observer, [...flagsOf(topic, corpus, limit, limitPerSet), ...(screen?.flags ?? []), ...(maker?.flags ?? [])], maker);
    let left = limit;
    const ofSet = new Map<string, number>();
    for await (const item of readCorpus(maker === undefined ? corpus : { ...corpus, withRows: true })) {
      if (signal?.aborted) break;
      if (item.kind === 'file') { await run.endFile(); if (left === 0) break; run.startFile(item, hashId('batch', item.sha256, item.dataset, item.split, item.role, corpus.mapping ?? null, Number.isFinite(left) ? left : 'all', ...(screen === undefined ? [] : [screen.name]), ...(Number.isFinite(limitPerSet) ? ['of a set', limitPerSet] : []), ...(maker === undefined ? [] : [maker.name]))); continue; }
      if (item.kind === 'warning') { observer({ kind: 'note', level: 'warn', message: item.message }); continue; }
      if (item.kind === 'question') {
        const seen = ofSet.get(item.question.dataset) ?? 0;
        if (seen >= limitPerSet) continue;
        ofSet.set(item.question.dataset, seen + 1);
      }
      const verdict = item.kind === 'question' ? screen?.look(item.question) ?? 'take' : 'take';
      if (verdict === 'pass over') { if (--left === 0) break; continue; } // it counts: the parts of a limited set together are that set
      if (item.kind === 'question' && verdict instanceof FaultError) { await run.drop(item, verdict); continue; }
      await run.take(item);
      if (item.kind === 'question' && --left === 0) break;
    }
    if (signal?.aborted) await run.commit(); else await run.endFile();
    return run.report();
  } finally {
    known.close();
    await task.release();
  }
}

/** Refuses a run over questions of which an import wrote only a part: their batch has no end, so the run would never come to one. IMPORT_UNFINISHED says what to type. */
export async function checkImported(broker: Broker, dir: string, command = 'import'): Promise<void> {
  const progress = (await broker.progress()).find(({ stage }) => stage === 'import');
  const open = Object.values((progress?.notes['batches'] ?? {}) as { readonly [id: string]: Batch }).find(({ done }) => !done);
  if (!open) return;
  const { path, items, again } = { ...newBatch, ...open };
  throw new FaultError('IMPORT_UNFINISHED', `The import of ${path} into ${resolve(dir)} was interrupted after ${items} rows.`, { hint: `Finish it with the command that began it, or with: slowthink ${command} ${[...again, '--dir', resolve(dir)].map(quoted).join(' ')}` });
}

/** The flags of every import into this folder, in their order, of unfinished ones too: "--questions" (of an evaluation: "--items"), path or name, … */
export async function importFlags(broker: Broker): Promise<readonly (readonly string[])[]> {
  const progress = (await broker.progress()).find(({ stage }) => stage === 'import');
  return Object.values((progress?.notes['batches'] ?? {}) as { readonly [id: string]: Batch }).map((batch) => ({ ...newBatch, ...batch }).again);
}

/** What was imported into this folder, by any process: paths and names in the order in which they came, each once. */
export async function importedQuestions(broker: Broker): Promise<readonly string[]> {
  const given = (flags: readonly string[]): readonly string[] => flags.flatMap((flag, at) => (sourceFlags.includes(flag) ? [flags[at + 1]!] : []));
  return [...new Set((await importFlags(broker)).flatMap(given))];
}

const sourceFlags: readonly string[] = ['--questions', '--items'];

const sumOf = (one: Tally, other: Tally): Tally => Object.fromEntries([...new Set([...Object.keys(one), ...Object.keys(other)])].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));

/** A word of a command as a shell of POSIX takes it. */
const quoted = (word: string): string => (/^[\w./:@%+=,-]+$/.test(word) ? word : /["$`\\!]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`);

function flagsOf(topic: Topic, { paths, dataset, split, mapping }: CorpusRequest, limit: number, limitPerSet: number): readonly string[] {
  const source = topic.name === flows.evaluation.source.name ? '--items' : '--questions';
  return [
    ...[...new Set(paths.map((path) => (typeof path === 'string' ? path : path.given)))].flatMap((path) => [source, existsSync(path) ? resolve(path) : path]), ...(Number.isFinite(limit) ? ['--limit', String(limit)] : []), ...(Number.isFinite(limitPerSet) ? ['--limit-per-set', String(limitPerSet)] : []),
    ...(dataset === undefined ? [] : ['--dataset', dataset]), ...(split === undefined ? [] : ['--split', split]), ...(mapping === undefined ? [] : ['--map', mappingText(mapping)]),
  ];
}

type Taken = Extract<CorpusItem, { kind: 'question' | 'fault' }>;

class ImportRun {
  readonly #task: Task;
  readonly #topic: Topic;
  readonly #known: IdIndex;
  readonly #observer: Observer;
  readonly #again: readonly string[];
  readonly #maker: Maker | undefined;
  readonly #counts: number[];
  readonly #files: { path: string; dataset: string; split: string; role: string; manifest?: string; shape?: string; ownNames?: true; questions: number; faults: number; known: number; dropped: number; open: number; tally?: Tally }[] = [];
  #batches: { [id: string]: Batch };
  #ledger: LedgerCounts;
  #outputs: NewRecord[] = [];
  #pending = 0; // questions among the outputs
  #batch: string | undefined;
  #before = newBatch; // what earlier attempts did of this batch
  #items = 0;

  constructor(task: Task, topic: Topic, partitions: number, known: IdIndex, observer: Observer, again: readonly string[], maker?: Maker) {
    this.#task = task;
    this.#topic = topic;
    this.#known = known;
    this.#observer = observer;
    this.#again = again;
    this.#maker = maker;
    this.#counts = Array.from({ length: partitions }, () => 0);
    this.#batches = Object.fromEntries(Object.entries((task.progress?.notes['batches'] ?? {}) as { [id: string]: Batch }).map(([id, batch]) => [id, { ...newBatch, ...batch }]));
    this.#ledger = task.progress?.ledger ?? emptyLedger;
  }

  startFile({ path, dataset, split, role, manifest, shape, ownNames, sha256 }: Extract<CorpusItem, { kind: 'file' }>, batch: string): void {
    const before = { ...(this.#batches[batch] ?? newBatch), path: resolve(path), sha256 };
    this.#batch = batch;
    this.#before = before;
    this.#items = 0;
    for (const partition of this.#counts.keys()) this.#counts[partition] = before.counts[partition] ?? 0;
    this.#files.push({ path, dataset, split, role, ...(manifest === undefined ? {} : { manifest }), ...(shape === undefined ? {} : { shape }), ...(ownNames ? { ownNames } : {}), questions: before.questions, faults: before.faults, known: before.known, dropped: before.dropped, open: 0, ...(before.tally === undefined ? {} : { tally: before.tally }) });
  }

  async take(item: Taken): Promise<void> {
    if (this.#items++ < this.#before.items || this.#before.done) return; // counted by the attempt that took it
    const file = this.#files.at(-1)!;
    if (item.kind === 'fault') {
      file.faults++;
      this.#fault(item.fault, item);
    } else {
      const { question, place } = item;
      const partition = partitionOf(question.id, this.#counts.length);
      const seen = this.#known.add(question.id, promptHashOf(question.prompt), place);
      if (seen.seen === 'same id') {
        file.known++;
        if (seen.sameText) this.#ledger = settleInLedger(this.#ledger, 'dropped');
        else this.#fault(new FaultError('QUESTION_DUPLICATE', `The question id ${question.id} was imported before, with another text.`), { key: question.id, place });
      } else {
        this.#write(item, partition);
      }
    }
    if (this.#outputs.length >= (this.#maker === undefined ? itemsPerCommit : treesPerCommit)) await this.commit();
  }

  /** The question, or what the maker makes of its row. */
  #write({ question, place, row }: Extract<CorpusItem, { kind: 'question' }>, partition: number): void {
    const file = this.#files.at(-1)!;
    let made: ReturnType<Maker['make']> | undefined;
    try { made = this.#maker?.make(question, row!); } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      file.faults++;
      this.#fault(error, { key: question.id, place, original: row!.original() });
      return;
    }
    if (made !== undefined) file.tally = sumOf(file.tally ?? {}, made.tally);
    file.questions++;
    if (question.gold.kind === 'open') file.open++;
    this.#counts[partition]!++;
    this.#outputs.push({ topic: this.#topic.name, partition, key: question.id, value: encodeRecord(made?.record ?? question) });
    this.#ledger = settleInLedger(this.#ledger, 'ok');
    this.#pending++;
  }

  /** A question that the screen refuses: dropped, and its fault says why. */
  async drop({ question, place }: Extract<CorpusItem, { kind: 'question' }>, fault: FaultError): Promise<void> {
    if (this.#items++ < this.#before.items || this.#before.done) return;
    this.#files.at(-1)!.dropped++;
    this.#writeFault(fault, { key: question.id, place });
    this.#ledger = settleInLedger(this.#ledger, 'dropped');
    if (this.#outputs.length >= itemsPerCommit) await this.commit();
  }

  /** Ends the batch in every partition; a batch that was ended before is left as it is. */
  async endFile(): Promise<void> {
    const batch = this.#batch;
    if (batch === undefined) return;
    if (!this.#before.done) {
      this.#replaceOthers(batch);
      this.#end(batch, this.#counts);
      await this.commit(true);
    }
    this.#batch = undefined;
  }

  async commit(done = false): Promise<void> {
    if (this.#batch === undefined || this.#before.done) return;
    const { questions, faults, known, dropped, tally } = this.#files.at(-1)!;
    const { path, sha256, items } = this.#before;
    this.#batches = { ...this.#batches, [this.#batch]: { items: Math.max(this.#items, items), done, counts: [...this.#counts], questions, faults, known, dropped, ...(tally === undefined ? {} : { tally }), path, sha256, again: this.#again } };
    crossPoint('import.committing');
    await this.#task.commit({ outputs: this.#outputs, progress: { type: 'progress', v: 1, stage: 'import', partition: 0, positions: {}, restore: {}, ledger: this.#ledger, notes: { batches: this.#batches } } });
    crossPoint('import.committed');
    if (this.#pending > 0) this.#observer({ kind: 'import', questions: this.#pending });
    this.#outputs = [];
    this.#pending = 0;
  }

  report(): ImportReport { return { files: this.#files, ledger: this.#ledger }; }

  #end(batch: string, counts: readonly number[]): void {
    for (const [partition, count] of counts.entries()) this.#outputs.push({ topic: this.#topic.name, partition, key: `end/${batch}`, value: encodeRecord({ type: 'end', v: 1, batch, count }) });
  }

  /** An interrupted batch of the same file is ended with what it wrote and forgotten: asked for again, it begins anew and finds its questions known. */
  #replaceOthers(batch: string): void {
    const { path, sha256 } = this.#before;
    for (const [id, other] of Object.entries(this.#batches)) {
      if (id === batch || other.done || (other.path !== path && other.sha256 !== sha256)) continue;
      this.#end(id, other.counts);
      this.#batches = Object.fromEntries(Object.entries(this.#batches).filter(([one]) => one !== id));
      this.#observer({ kind: 'note', level: 'warn', message: `This import of ${path} replaces one that was interrupted after ${other.items} rows; the questions it wrote stay.` });
    }
  }

  #fault(fault: FaultError, at: { readonly key: string; readonly place: string; readonly original?: FaultRecord['original'] }): void {
    this.#writeFault(fault, at);
    this.#ledger = settleInLedger(this.#ledger, 'failed');
  }

  #writeFault(fault: FaultError, { key, place, original }: { readonly key: string; readonly place: string; readonly original?: FaultRecord['original'] }): void {
    const record: FaultRecord = { type: 'fault', v: 1, code: fault.code, blame: fault.blame, retry: fault.retry, stage: 'import', message: fault.message, hint: fault.hint, key, place, ...(original ? { original } : {}) };
    this.#outputs.push({ topic: topics.faults.name, partition: partitionOf(key, this.#counts.length), key, value: encodeRecord(record) });
    this.#observer({ kind: 'fault', stage: 'import', code: fault.code, message: `${place}: ${fault.message}` });
  }
}
