// DIR/run.json: what a run folder began with. A restart takes its settings from here; other ones are refused, since they would mix two runs.
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FaultError, crossPoint } from '@slowthink/faults';
import type { LabelSettings } from '@slowthink/labels';
import { isRunning } from '@slowthink/programs';
import { labelKeys } from './labels-of.ts';
import { runSettings } from './run-settings.ts';

export const folderVersion = 3;

/** Settings that a folder remembers, by key; null where not given. */
export type Remembered = { readonly [key: string]: string | number | boolean | readonly string[] | null };

export interface RunFile {
  readonly version: number;
  readonly name: string;
  /** Left out by folders of runs. */
  readonly flow?: string;
  /** Resolved once, at the first start: hash(seed, recipe, semantic settings, policy revision). */
  readonly run: string;
  readonly settingsHash: string;
  readonly policy: { readonly model: string; readonly revision: string };
  /** Left out where the flow labels nothing. */
  readonly labels?: LabelSettings | undefined;
  /** Name of who judges, as it stands in the search settings of every tree: a rebuild needs no grader to know it. */
  readonly grader: string;
  /** Where a chat model judges: its identity, with which it is compared. */
  readonly judge?: { readonly model: string; readonly revision: string };
  /** Where candidates are recorded: sha256 of the file they come from. */
  readonly recording?: string | undefined;
  /** Where step values are part of the results: who gives them; null for nobody. */
  readonly scorer?: { readonly model: string; readonly revision: string } | null | undefined;
  readonly settings: Remembered;
}

export const runPaths = (dir: string) => ({ dir: resolve(dir), file: join(resolve(dir), 'run.json'), parts: join(resolve(dir), 'parts'), dataset: join(resolve(dir), 'dataset'), rebuilt: join(resolve(dir), 'rebuilt') });

/** The folder's run.json; undefined when the folder is new. DIR_VERSION when another version of Slowthink wrote it. */
export function readRunFile(dir: string): RunFile | undefined {
  const { file } = runPaths(dir);
  let text: string;
  try { text = readFileSync(file, 'utf8'); } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') throw new FaultError('DISK_READ_ONLY', `${resolve(dir)} is not a folder.`);
    if ((error as NodeJS.ErrnoException).code === 'EACCES') throw new FaultError('DISK_READ_ONLY', `${file} cannot be read.`, { hint: 'Give a --dir that you may read and write.' });
    throw error;
  }
  let value: RunFile;
  try { value = JSON.parse(text) as RunFile; } catch (cause) { throw new FaultError('STORE_CORRUPT', `${file} is not JSON.`, { cause }); }
  if (value.version !== folderVersion) throw new FaultError('DIR_VERSION', `${resolve(dir)} has format version ${String(value.version)}; this program writes version ${folderVersion}.`);
  return value;
}

/** Makes the folder and writes run.json whole or not at all. DISK_READ_ONLY, DISK_FULL. */
export function writeRunFile(dir: string, value: RunFile): void {
  const { file } = runPaths(dir);
  onFolder(dir, () => {
    mkdirSync(resolve(dir), { recursive: true });
    const temporary = `${file}.${process.pid}.tmp`; // several workers of a run may share the folder
    crossPoint('run-file.writing');
    writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`);
    crossPoint('run-file.written');
    renameSync(temporary, file);
    crossPoint('run-file.renamed');
  });
}

/** Temporary files of processes of this host that died as they wrote. */
function removeLeftovers(dir: string): void {
  for (const entry of readdirSync(resolve(dir))) {
    const [, pid] = /^run\.json\.(\d+)\.tmp$/.exec(entry) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(resolve(dir), entry), { force: true });
  }
}

/** Makes the folder, or finds it and takes away what a process that died in it had half written of run.json. DISK_READ_ONLY, DISK_FULL. */
export function makeFolder(dir: string): void {
  onFolder(dir, () => {
    mkdirSync(resolve(dir), { recursive: true });
    removeLeftovers(dir);
  });
}

function onFolder(dir: string, write: () => void): void {
  try { write(); } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new FaultError('DISK_FULL', `No room to write in ${resolve(dir)}.`, { cause });
    if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM' || code === 'EEXIST' || code === 'ENOTDIR' || code === 'ENOENT') throw new FaultError('DISK_READ_ONLY', `${resolve(dir)} cannot be written: ${message}.`, { cause });
    throw cause;
  }
}

export const displayName = (dir: string, name: string | null): string => name ?? basename(resolve(dir));

/** The fault of a folder that belongs to another flow. */
export const otherFlow = (dir: string, has: string, wanted: string): FaultError => new FaultError('DIR_OTHER_FLOW', `${resolve(dir)} is the folder of a ${has}, not of a ${wanted}.`);

/** A folder goes on with what it began with; DIR_SETTINGS_CHANGED names each difference. */
export function checkSameRun(dir: string, began: RunFile, now: Pick<RunFile, 'settingsHash' | 'policy' | 'labels' | 'grader' | 'scorer' | 'recording' | 'settings'>): void {
  const differences: string[] = [];
  if (began.policy.model !== now.policy.model) differences.push(`the policy was ${began.policy.model}, now it is ${now.policy.model}`);
  if (began.labels !== undefined && now.labels !== undefined) differences.push(...labelDifferences(began.labels, now.labels));
  if (began.grader !== now.grader) differences.push(`the grader was ${began.grader}, now it is ${now.grader}`);
  if (began.recording !== now.recording) differences.push(`the policy was ${recordingText(began)}, now it is ${recordingText(now)}`);
  if (began.scorer !== undefined && now.scorer !== undefined && scorerText(began.scorer) !== scorerText(now.scorer)) differences.push(`the scorer was ${scorerText(began.scorer)}, now it is ${scorerText(now.scorer)}`);
  if (began.settingsHash !== now.settingsHash || began.settings['seed'] !== now.settings['seed']) {
    for (const key of new Set([...Object.keys(began.settings), ...Object.keys(now.settings)])) {
      if (key.startsWith('search.') || key === 'recipe' || key === 'preset' || key === 'seed' || key.startsWith('curriculum.') || key.startsWith('evaluate.')) {
        const [before, after] = [began.settings[key] ?? null, now.settings[key] ?? null];
        if (JSON.stringify(before) !== JSON.stringify(after)) differences.push(`${key} was ${String(before)}, now it is ${String(after)}`);
      }
    }
    if (differences.length === 0) differences.push('the recipe has other numbers than when the run began');
  }
  if (differences.length > 0) throw new FaultError('DIR_SETTINGS_CHANGED', `${resolve(dir)}: ${differences.join('; ')}.`);
  if (began.policy.revision !== now.policy.revision) throw new FaultError('MODEL_REVISION_CHANGED', `${resolve(dir)} began with revision ${began.policy.revision} of ${began.policy.model}; the server now has ${now.policy.revision}.`);
}

const recordingText = ({ recording, policy }: Pick<RunFile, 'recording' | 'policy'>): string => (recording === undefined ? policy.model : `a recording with sha256 ${recording.slice(0, 12)}…`);
const scorerText = (scorer: NonNullable<RunFile['scorer']> | null): string => (scorer === null ? 'none' : `${scorer.model}@${scorer.revision}`);

/** Each label setting that has another value now, and the command that gives such rows without a new run. Numbers that come or go with their recipe or their pairs are not told again. */
function labelDifferences(began: LabelSettings, now: LabelSettings): readonly string[] {
  const follows: readonly (keyof LabelSettings)[] = ['threshold', 'beta', 'pairThreshold', ...(shown(began.pairs) === shown(now.pairs) ? [] : ['pairsMax'] as const)];
  const changed = (Object.entries(labelKeys) as [keyof LabelSettings, (typeof labelKeys)[keyof LabelSettings]][]).filter(([name]) => shown(began[name]) !== shown(now[name]) && !(follows.includes(name) && (began[name] === null || now[name] === null)));
  if (changed.length === 0) return [];
  const flags = changed.flatMap(([name, key]) => (now[name] === false ? [] : [`${runSettings[key].flag}${now[name] === true ? '' : ` ${shown(now[name])}`}`]));
  return [`${changed.map(([name, key]) => `${name === 'recipe' ? '--labels' : key} was ${shown(began[name])}, now it is ${shown(now[name])}`).join('; ')} ("slowthink rebuild ${flags.join(' ')}" makes another data set from the same trees)`];
}

const shown = (value: LabelSettings[keyof LabelSettings]): string => (Array.isArray(value) ? value.join(',') || 'off' : String(value ?? 'none'));
