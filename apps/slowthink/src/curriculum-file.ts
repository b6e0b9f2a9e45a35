// The topic hardness -> the file of the kept questions. Memory: ids and counts of all questions; the questions themselves go by twice.
import { createHash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Broker } from '@slowthink/broker';
import { hardestOf, hardnessOf, tallyOf, type CurriculumRule, type Probed, type TallyRow } from '@slowthink/curriculum';
import { topics, type HardnessRecord } from '@slowthink/records';
import { onStorage } from '@slowthink/tables';
import { readTopic } from '@slowthink/wiring';
import { tellInvalid } from './tell-invalid.ts';

export interface CurriculumReport {
  readonly path: string;
  readonly sha256: string;
  readonly questions: number; // probed
  readonly kept: number;
  /** Counts by data set and right / n. */
  readonly tally: readonly TallyRow[];
}

interface Placed extends Probed {
  readonly dataset: string;
  readonly place: string; // partition/offset
}

const placeOf = ({ partition, offset }: { readonly partition: number; readonly offset: number }): string => `${partition}/${offset}`;

/**
 * Ranks what was probed and writes the kept questions to `path`, hardest first, one question record a line with right, n, none and hardness beside it. The file appears whole or not at all, and
 * its bytes follow from the hardness records and the rule alone: partitions, offsets and the order of the records change none. DISK_FULL, DISK_READ_ONLY.
 */
export async function writeCurriculum(broker: Broker, rule: CurriculumRule, path: string): Promise<CurriculumReport> {
  const probed: Placed[] = [];
  for await (const { stored, value: { question, right, n } } of hardness(broker)) probed.push({ id: question.id, dataset: question.dataset, right, n, place: placeOf(stored) });
  const kept = hardestOf(probed, rule);
  const sha256 = await onStorage(path, () => writeRanked(broker, new Map(kept.map(({ place }, rank) => [place, rank])), path));
  return { path, sha256, questions: probed.length, kept: kept.length, tally: tallyOf(probed, kept) };
}

const hardness = (broker: Broker) => readTopic<HardnessRecord>(broker, topics.hardness, 'hardness', tellInvalid);

/** Rows in the order of the log go into a scratch file; from there they are copied in the order of their ranks. */
async function writeRanked(broker: Broker, ranks: ReadonlyMap<string, number>, path: string): Promise<string> {
  const [scratch, whole] = ['rows', 'tmp'].map((end) => join(dirname(path), `.${basename(path)}.${end}`)) as [string, string];
  const files: FileHandle[] = [];
  const create = async (name: string): Promise<FileHandle> => { const file = await open(name, 'w+'); files.push(file); return file; };
  try {
    const [rows, target] = [await create(scratch), await create(whole)];
    const places = await writeRows(broker, ranks, rows);
    const hash = createHash('sha256');
    for (const { at, length } of places) {
      const line = await readWhole(rows, at, length);
      hash.update(line);
      await target.appendFile(line); // all of it, or it throws
    }
    await target.sync();
    await rename(whole, path);
    return hash.digest('hex');
  } finally {
    for (const file of files) await file.close();
    for (const name of [scratch, whole]) await rm(name, { force: true });
  }
}

async function readWhole(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at);
  if (bytesRead !== length) throw new Error(`The scratch file of the curriculum holds ${bytesRead} of ${length} bytes at ${at}: another program changed it.`);
  return buffer;
}

/** Where the row of each rank begins, and how long it is. */
async function writeRows(broker: Broker, ranks: ReadonlyMap<string, number>, rows: FileHandle): Promise<readonly { readonly at: number; readonly length: number }[]> {
  const places: { readonly at: number; readonly length: number }[] = [];
  let at = 0;
  for await (const { stored, value } of hardness(broker)) {
    const rank = ranks.get(placeOf(stored));
    if (rank === undefined) continue;
    const line = Buffer.from(`${JSON.stringify(rowOf(value))}\n`);
    await rows.appendFile(line);
    places[rank] = { at, length: line.length };
    at += line.length;
  }
  return places;
}

/** The question record as it was imported, so that its id, data set, split, role and gold survive; what follows it is for people, and an import passes it over. */
const rowOf = ({ question, right, n, none }: HardnessRecord): object => ({ ...question, right, n, none, hardness: hardnessOf({ right, n }) });
