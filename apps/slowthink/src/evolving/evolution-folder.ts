// The folder of an evolution: what it began with, its records, and where each step puts what it makes.
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stepNames, type BegunRecord, type DoneRecord, type StepRecords } from '@slowthink/evolution';
import { FaultError } from '@slowthink/faults';
import { writeWhole } from '@slowthink/results';
import { onStorage } from '@slowthink/tables';

/** evolve.json. */
export interface EvolutionFile {
  readonly v: 1;
  /** Settings that decide what comes out, by key. */
  readonly settings: { readonly [key: string]: unknown };
  /** sha256 of what lies outside and is read in every round: the questions and the items of dev. */
  readonly sources: { readonly [name: string]: string };
}

const version = 1;

export interface EvolutionFolder {
  readonly dir: string; // absolute
  /** Absolute path of a name as the records have it. */
  path(...names: readonly string[]): string;
  read(): EvolutionFile | undefined;
  begin(file: EvolutionFile): Promise<void>;
  records(): StepRecords;
  writeBegun(record: BegunRecord): Promise<void>;
  writeDone(record: DoneRecord): Promise<void>;
  /** A JSON file of the folder, whole or not at all. */
  writeJson(name: string, value: unknown): Promise<void>;
}

/** Reads and writes whole files only. Faults: STORE_CORRUPT for a record that is none, DIR_VERSION, DISK_FULL, DISK_READ_ONLY. */
export function evolutionFolder(given: string): EvolutionFolder {
  const dir = resolve(given);
  const path = (...names: readonly string[]): string => join(dir, ...names);
  const write = (file: string, value: unknown): Promise<void> => onStorage(file, async () => { mkdirSync(join(file, '..'), { recursive: true }); await writeWhole(file, `${JSON.stringify(value, null, 2)}\n`); });
  const recordsOf = <Value extends { readonly step: string }>(end: string): ReadonlyMap<string, Value> => {
    const names = listed(path('steps')).filter((name) => recordName.test(name) && name.endsWith(`.${end}.json`));
    return new Map(names.map((name) => { const value = parsed<Value>(path('steps', name)); if (`${value?.step}.${end}.json` !== name) throw new FaultError('STORE_CORRUPT', `${path('steps', name)} is the record of another step.`); return [value!.step, value!] as const; }));
  };
  return {
    dir, path,
    read: () => parsed<EvolutionFile>(path('evolve.json')),
    begin: (file) => write(path('evolve.json'), file),
    records: () => ({ begun: recordsOf<BegunRecord>('begun'), done: recordsOf<DoneRecord>('done') }),
    writeBegun: (record) => write(path('steps', `${record.step}.begun.json`), record),
    writeDone: (record) => write(path('steps', `${record.step}.done.json`), record),
    writeJson: (name, value) => write(path(name), value),
  };
}

const recordName = new RegExp(`^\\d+-(?:${stepNames.join('|')})\\.(?:begun|done)\\.json$`);

function listed(folder: string): readonly string[] {
  try { return readdirSync(folder); } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** undefined where there is no such file. */
function parsed<Value>(file: string): Value | undefined {
  let text: string;
  try { text = readFileSync(file, 'utf8'); } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new FaultError('DISK_READ_ONLY', `${file} cannot be read: ${(cause as Error).message}.`, { cause });
  }
  let value: { readonly v?: unknown };
  try { value = JSON.parse(text) as { readonly v?: unknown }; } catch (cause) { throw new FaultError('STORE_CORRUPT', `${file} is not JSON.`, { cause }); }
  if (value?.v !== version) throw new FaultError('DIR_VERSION', `${file} has format version ${String(value?.v)}; this program writes version ${version}.`);
  return value as Value;
}
