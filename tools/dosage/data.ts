// The rows of the three data sets, and the files that hold them: datasets/dosage/*.jsonl and the checksums in datasets/dosage*.manifest.json.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { combinationsOf, type Combination } from './combinations.ts';
import { kinds } from './kinds.ts';
import { writeProblem } from './problem.ts';
import { seedRandom, shuffle, type Random } from './random.ts';

/** A line of train.jsonl, dev.jsonl or test.jsonl. */
export interface Row {
  readonly id: string; // "drip-rate-0001"
  readonly question: string;
  readonly answer: number;
  readonly unit: string;
  readonly kind: string;
  readonly numbers: readonly number[]; // in the order of the kind's ranges
  readonly cue: string; // as it stands in the question
}

export interface DataSet {
  readonly name: string; // of the manifest
  readonly part: 'train' | 'dev' | 'test';
  readonly rows: number;
}

export const dataSets: readonly DataSet[] = [{ name: 'dosage', part: 'train', rows: 2000 }, { name: 'dosage-dev', part: 'dev', rows: 600 }, { name: 'dosage-test', part: 'test', rows: 600 }];

/** The rows of one data set: the kinds take turns, so do the cues; no combination comes twice. */
export function rowsOf({ part, rows }: DataSet): readonly Row[] {
  const random = seedRandom(`dosage ${part}`);
  return mixRows(kinds.map((kind) => shuffle(combinationsOf(kind).filter((each) => each.part === part), random)), rows, random);
}

/** Rows of combinations, a pool a kind in the order of kinds: the kinds take turns, so do the cues; each pool is used from its beginning. */
export function mixRows(pools: readonly (readonly Combination[])[], rows: number, random: Random): readonly Row[] {
  return Array.from({ length: rows }, (_, place) => {
    const kind = kinds[place % kinds.length]!;
    const turn = Math.floor(place / kinds.length);
    const combination = pools[place % kinds.length]![turn]!;
    const { question, cue } = writeProblem(combination, kind.cues[(turn + (place % kinds.length)) % kind.cues.length]!, random);
    const numbers = Object.values(combination.numbers);
    return {
      id: `${kind.name}-${String(turn + 1).padStart(4, '0')}`, question, answer: combination.answer, unit: kind.unit, kind: kind.name, numbers,
      cue: cue.words.replace(/\{(\w+)\}/gu, (__, name: string) => String(combination.numbers[name]!)),
    };
  });
}

/** How the product reads a file of rows, as --map takes it. */
export const rowMapping = 'question=question,answer=answer,unit=unit,id=id,tolerance:0';

/** Path inside datasets/ and text of every file of the data sets, manifests included. */
export function datasetFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const dataSet of dataSets) {
    const path = `dosage/${dataSet.part}.jsonl`;
    const text = rowsOf(dataSet).map((row) => `${JSON.stringify(row)}\n`).join('');
    files.set(path, text);
    files.set(`${dataSet.name}.manifest.json`, `${JSON.stringify(manifestOf(dataSet, path, createHash('sha256').update(text).digest('hex')), null, 2)}\n`);
  }
  return files;
}

const titles = { train: 'to learn from', dev: 'to choose by', test: 'to report on' } as const;
const roles = { train: 'train', dev: 'dev', test: 'benchmark' } as const;

const manifestOf = ({ name, part, rows }: DataSet, path: string, sha256: string): object => ({
  manifest: 1, name, aliases: [], title: `Dose-calculation word problems ${titles[part]}`, role: roles[part], split: part,
  source: { place: 'written for this project by tools/dosage' }, licence: 'Apache-2.0', file: { path, format: 'jsonl', sha256 }, rows, answerKind: 'number',
  mapping: rowMapping,
  notes: ['Invented by a seeded generator: drugs, doses and strengths do not belong together. Arithmetic to practise on, no medical advice.', 'Answers are exact: tolerance 0, in any notation (12.5 and 12.50) and any unit that converts.'],
});

/** Writes the files that differ into a folder, or only names them. Returns the paths that differ, sorted as given. */
export function settleFiles(files: ReadonlyMap<string, string>, folder: string, check: boolean): readonly string[] {
  const differs = ([path, text]: readonly [string, string]): boolean => { try { return readFileSync(join(folder, path), 'utf8') !== text; } catch { return true; } };
  const stale = [...files].filter(differs);
  for (const [path, text] of check ? [] : stale) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return stale.map(([path]) => path);
}
