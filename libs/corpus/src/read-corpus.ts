import { basename, extname } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { questionIdOf, type QuestionRecord } from '@slowthink/records';
import { findFile, type FoundFile } from './find-file.ts';
import { openIdIndex, promptHashOf, type IdIndex } from './id-index.ts';
import { findShape, type KnownDataset, type Shape } from './manifests.ts';
import { checkColumns, columnsOf, parseMapping, type Mapping } from './mapping.ts';
import { isMedsssRow } from './medsss.ts';
import { openSource } from './open-source.ts';
import type { Original } from './original.ts';
import { questionOf, rowIdOf, type FilePlan } from './question.ts';
import { idOfRecordRow, isBenchmarkRow, isRecordRow, questionOfRecordRow } from './record-row.ts';
import type { RowSource, RowValues, SourceRow } from './source-row.ts';

export type CorpusItem =
  /** Comes before the rows of its file. `ownNames`: its rows are question records, each with its own data set, split and role; the file's hold for rows that are none. `shape`: whose files look like this one, where its columns said so. */
  | { readonly kind: 'file'; readonly path: string; readonly dataset: string; readonly split: string; readonly role: QuestionRecord['role']; readonly manifest?: string; readonly shape?: string; readonly ownNames?: true; readonly sha256: string }
  | { readonly kind: 'question'; readonly question: QuestionRecord; readonly place: string; /** Where they are asked for. */ readonly row?: CorpusRow }
  /** A row that gives no question. Questions + faults = rows. `key`: its question id as far as one is known. */
  | { readonly kind: 'fault'; readonly fault: FaultError; readonly key: string; readonly place: string; readonly original: Original }
  /** Something to tell the user; nothing was dropped. SAME_TEXT comes after the question it is about, BENCHMARK_ROWS after the first benchmark question of a file whose rows name their role, ROW_COUNT after the last row of its file. */
  | { readonly kind: 'warning'; readonly code: 'SAME_TEXT' | 'BENCHMARK_ROWS' | 'ROW_COUNT'; readonly message: string; readonly place: string };

/** The whole row behind a question: for what is made of more than question and answer. */
export interface CorpusRow {
  readonly values: RowValues;
  readonly ordinal: number; // 1 = first row of the file
  readonly where: string; // "line 12", as faults say it
  readonly sha256: string; // of the file
  readonly original: () => Original;
}

/** A question file that is there, with what is known about it beside its content. */
export interface CorpusFile {
  readonly path: string;
  readonly given: string; // what the user typed: "hf:OWNER/NAME", a folder
  readonly known?: KnownDataset | undefined; // by its sha256 when left out
  readonly dataset?: string | undefined; // where no manifest knows it, instead of the file's name
  readonly split?: string | undefined; // likewise, instead of train
  readonly role?: QuestionRecord['role'] | undefined; // likewise
}

export interface CorpusRequest {
  /** Question files, manifests, or names of known data sets. */
  readonly paths: readonly (string | CorpusFile)[];
  /** Data sets that are known by name and checksum: readManifests(). */
  readonly manifests?: readonly KnownDataset[];
  /** For files without a manifest; wins over a manifest's. */
  readonly mapping?: Mapping | undefined;
  readonly dataset?: string | undefined; // else the manifest's name, else the file's name without extension
  readonly split?: string | undefined; // else the manifest's, else train
  readonly role?: QuestionRecord['role'] | undefined; // else the manifest's, else train; a known benchmark stays one whatever is asked for
  /** Where the files of data sets given by name are looked for, besides beside their manifests. */
  readonly folders?: readonly string[];
  readonly withRows?: boolean | undefined; // questions come with their rows, all columns of them
  readonly rowBytesMax?: number | undefined; // longest row of JSON, JSONL and CSV; 64 MB when left out
}

/**
 * All questions of some files, in the order of paths and rows. Every file is found, checked and peeked into before the first item comes, so that a wrong command fails whole:
 * QUESTION_FILE_MISSING, QUESTION_FILE_EMPTY, QUESTION_FILE_UNREADABLE, QUESTION_MAPPING_WRONG, QUESTION_MANIFEST_WRONG are thrown. A bad row is an item of kind fault:
 * QUESTION_ROW_INVALID, QUESTION_GOLD_MISSING, QUESTION_ENCODING, QUESTION_DUPLICATE (an id that came before in the same data set and split; the first one counts). The same text under another id is kept, with a warning.
 * Memory: one row or Parquet row group; ids lie on disk. Cost: each file is read twice (checksum, rows).
 */
export async function* readCorpus(request: CorpusRequest): AsyncGenerator<CorpusItem> {
  const files: OpenFile[] = [];
  for (const path of request.paths) files.push(await openFile(path, request));
  const named = files.map((file) => nameApart(file, files));
  const ids = openIdIndex();
  try {
    for (const file of named) yield* itemsOf(file, ids);
  } finally {
    ids.close();
  }
}

interface OpenFile { readonly found: FoundFile; readonly shape: string | undefined; readonly plan: FilePlan; readonly source: RowSource; readonly only: readonly string[] | undefined; readonly ownNames: boolean; readonly withRows: boolean }

async function openFile(entry: string | CorpusFile, request: CorpusRequest): Promise<OpenFile> {
  const named = typeof entry === 'string' ? undefined : entry;
  const byContent = await findFile(typeof entry === 'string' ? entry : entry.path, request.manifests ?? [], request.folders ?? []);
  const found: FoundFile = named?.known === undefined ? byContent : { ...byContent, known: named.known };
  const known = found.known?.manifest;
  const source = await openSource(found.path, request.rowBytesMax);
  const shape = request.mapping === undefined && found.known === undefined ? await shapeOf(source, request.manifests ?? []) : undefined;
  const mapping = request.mapping ?? found.known?.mapping ?? (shape === undefined ? undefined : parseMapping(shape.mapping));
  const plan: FilePlan = {
    dataset: request.dataset ?? known?.name ?? named?.dataset ?? basename(found.path, extname(found.path)),
    split: request.split ?? known?.split ?? named?.split ?? 'train',
    role: known?.role === 'benchmark' ? 'benchmark' : (request.role ?? known?.role ?? named?.role ?? 'train'),
    mapping, optionsMax: known?.optionsMax, numberRows: known?.ids === 'row',
    answerKind: known === undefined || known.answerKind === 'mixed' ? undefined : known.answerKind,
  };
  const ownNames = await checkRows(found.path, source, mapping);
  return { found, shape: shape?.name, plan, source, ownNames, withRows: request.withRows === true, only: mapping && source.columns && request.withRows !== true ? source.columns.filter((name) => columnsOf(mapping).some((column) => column === name || column.startsWith(`${name}.`))) : undefined };
}

/** Different files that would go by one name are all told apart by their checksums, so that no name depends on the order of the paths. */
function nameApart(file: OpenFile, all: readonly OpenFile[]): OpenFile {
  const { found, plan } = file;
  const ownName = basename(found.path, extname(found.path));
  if (plan.dataset !== ownName || all.every((other) => other.plan.dataset !== plan.dataset || other.found.sha256 === found.sha256)) return file;
  return { ...file, plan: { ...plan, dataset: `${ownName}-${found.sha256.slice(0, 8)}` } };
}

/** The shape that the header has, or the first row that can be read; none for MedSSS rows and question records, which say themselves what they are. */
async function shapeOf(source: RowSource, manifests: readonly KnownDataset[]): Promise<Shape | undefined> {
  if (source.columns) return findShape(manifests, new Set(source.columns), source.format);
  let rows = 0;
  for await (const { row } of source.rows()) {
    if ('values' in row) return isMedsssRow(row.values) || isRecordRow(row.values) ? undefined : findShape(manifests, new Set(Object.keys(row.values)), source.format);
    if (++rows >= peekedRows) break;
  }
  return undefined;
}

const peekedRows = 100;
const plainColumns = ['question', 'answer'] as const;

/** Looks at the header, or at the first rows where rows have their own names; true when these are question records. Throws QUESTION_FILE_EMPTY, QUESTION_MAPPING_WRONG. */
async function checkRows(path: string, source: RowSource, mapping: Mapping | undefined): Promise<boolean> {
  const columns = new Set(source.columns);
  let [rows, named, medsss, records] = [0, 0, 0, 0];
  for await (const { row } of source.rows()) {
    rows += 1;
    if ('values' in row) {
      named += 1;
      if (isMedsssRow(row.values)) medsss += 1;
      if (isRecordRow(row.values)) records += 1;
      for (const name of Object.keys(row.values)) columns.add(name);
    }
    if (rows >= (source.columns ? 1 : peekedRows)) break;
  }
  if (rows === 0) throw new FaultError('QUESTION_FILE_EMPTY', `${path} holds no row.`);
  if (mapping) { if (source.columns || named > 0) checkColumns(path, columnsOf(mapping), [...columns]); return false; }
  if (medsss === 0 && records === 0 && (source.columns ? !columns.has('conversations') : named > 0)) checkColumns(path, plainColumns, [...columns]);
  return records > 0;
}

async function* itemsOf({ found, shape, plan, source, only, ownNames, withRows }: OpenFile, ids: IdIndex): AsyncGenerator<CorpusItem> {
  const known = found.known?.manifest;
  yield { kind: 'file', path: found.path, dataset: plan.dataset, split: plan.split, role: plan.role, ...(known ? { manifest: known.name } : {}), ...(shape === undefined ? {} : { shape }), ...(ownNames ? { ownNames } : {}), sha256: found.sha256 };
  let rows = 0;
  let saidBenchmark = false;
  for await (const row of source.rows(only)) {
    rows += 1;
    const place = `${found.path}:${row.where}`;
    yield* itemsOfRow(row, place, plan, ids, withRows ? found.sha256 : undefined);
    if (!saidBenchmark && plan.mapping === undefined && 'values' in row.row && isBenchmarkRow(row.row.values)) {
      saidBenchmark = true;
      yield { kind: 'warning', code: 'BENCHMARK_ROWS', message: `${found.path} holds benchmark questions (the first is ${idOfRecordRow(row.row.values) ?? 'nameless'}): their rows are sealed only with --allow-benchmark, into a split "test".`, place };
    }
  }
  if (known?.rows !== undefined && known.rows !== rows) yield { kind: 'warning', code: 'ROW_COUNT', message: `${found.path} holds ${rows} rows; the manifest of ${known.name} says ${known.rows}.`, place: found.path };
}

function* itemsOfRow(row: SourceRow, place: string, plan: FilePlan, ids: IdIndex, sha256: string | undefined): Generator<CorpusItem> {
  const where = /^\d/u.test(row.where) ? `line ${row.where}` : row.where;
  let key = questionIdOf(plan.dataset, plan.split, `row-${row.ordinal}`);
  const recordOf = (values: RowValues): QuestionRecord => {
    key = idOfRecordRow(values) ?? key;
    return questionOfRecordRow(values, where);
  };
  const plainOf = (values: RowValues): QuestionRecord => {
    const id = rowIdOf(values, row.ordinal, plan, where);
    key = questionIdOf(plan.dataset, plan.split, id);
    return questionOf(values, id, plan, where);
  };
  try {
    if ('fault' in row.row) throw row.row.fault;
    const { values } = row.row;
    const question = plan.mapping === undefined && isRecordRow(values) ? recordOf(values) : plainOf(values);
    const seen = ids.add(question.id, promptHashOf(question.prompt), place);
    if (seen.seen === 'same id') {
      const rest = seen.sameText ? {} : { hint: 'The texts differ. Where the ids of a file are not its own, number its rows: --map …,id:row.' };
      throw new FaultError('QUESTION_DUPLICATE', `The question id ${question.id} stands already at ${seen.place}, with ${seen.sameText ? 'the same' : 'another'} text.`, rest);
    }
    yield { kind: 'question', question, place, ...(sha256 === undefined ? {} : { row: { values, ordinal: row.ordinal, where, sha256, original: row.original } }) };
    if (seen.seen === 'same text') yield { kind: 'warning', code: 'SAME_TEXT', message: `${question.id} asks the same as ${seen.id} (${seen.place}); both are kept.`, place };
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    yield { kind: 'fault', fault: error, key, place, original: row.original() };
  }
}
