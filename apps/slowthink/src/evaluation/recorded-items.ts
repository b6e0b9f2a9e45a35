import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { itemsFileOf, readItems, resultPaths, writeSorted } from '@slowthink/results';
import { onStorage } from '@slowthink/tables';
import { isRecorded, pathOfRecorded, runPaths, type ResolvedRun } from '@slowthink/wiring';
import type { RunSettings } from '../flags.ts';
import { summaryBeside } from './summary.ts';

/** The items of recorded candidates as a question file in the folder, as their evaluation imported them; none where the policy is no recording. RESULTS_MISSING, RESULTS_BROKEN. */
export async function recordedItems({ policy, dir }: Pick<RunSettings, 'policy' | 'dir'>): Promise<readonly string[]> {
  if (!isRecorded(policy)) return [];
  const from = itemsFileOf(pathOfRecorded(policy));
  const path = join(runPaths(dir).dir, 'recorded-items.jsonl');
  const lines = async function* (): AsyncGenerator<{ readonly key: string; readonly line: string }> { for await (const { item } of readItems(from)) yield { key: item.id, line: JSON.stringify(item) }; };
  await onStorage(path, async () => { mkdirSync(runPaths(dir).dir, { recursive: true }); await writeSorted(path, lines()); });
  return [path];
}

/** How recorded candidates were drawn: settings that an evaluation of them has, whatever else is said. */
const drawnBy = ['recipe', 'search.prompting', 'search.stepping', 'search.thinking', 'search.rolloutTokens', 'evaluate.temperature', 'evaluate.topP', 'evaluate.tokens', 'evaluate.decode'] as const;

/**
 * The settings of an evaluation of recorded candidates: what they were drawn by is what its summary says; all of them are taken, and the greedy ones where they are there, unless something else is asked for; the seed is theirs
 * unless one is given. SETTING_INVALID for more candidates than an item has, for a setting that they contradict, and for a recording in the folder itself; RESULTS_MISSING, RESULTS_BROKEN.
 */
export async function asRecorded(resolved: ResolvedRun): Promise<ResolvedRun> {
  const { values, origins } = resolved;
  if (!isRecorded(values.policy)) return resolved;
  const file = itemsFileOf(pathOfRecorded(values.policy));
  if (resolve(file).startsWith(resultPaths(values.dir).folder)) throw new FaultError('SETTING_INVALID', `${file} lies in the folder that its candidates would be judged in.`, { hint: 'Give another --dir.' });
  const summary = summaryBeside(file);
  const shape = { least: Infinity, most: 0, greedy: false, decode: 'sample' };
  for await (const { candidates, greedy, decode } of readItems(file, { sha256: summary?.items.sha256 })) Object.assign(shape, { least: Math.min(shape.least, candidates.length), most: Math.max(shape.most, candidates.length), greedy: shape.greedy || greedy !== null, decode });
  const isFlag = (key: keyof typeof origins): boolean => origins[key].from === 'flag';
  const isGiven = (key: keyof typeof origins): boolean => origins[key].from !== 'default'; // or remembered
  if (isFlag('evaluate.samples') && values['evaluate.samples'] > shape.least) throw new FaultError('SETTING_INVALID', `${values['evaluate.samples']} candidates are asked for, and ${shape.least} an item are recorded.`, { hint: 'Give a smaller -n, or leave it out.' });
  const drawn: { [key: string]: unknown } = { ...Object.fromEntries(drawnBy.flatMap((key) => (summary !== undefined && key in summary.settings ? [[key, summary.settings[key]]] : []))), 'evaluate.decode': shape.decode };
  for (const key of drawnBy) {
    if (isFlag(key) && key in drawn && drawn[key] !== values[key]) throw new FaultError('SETTING_INVALID', `${key} is ${String(values[key])}, and the recorded candidates were drawn with ${String(drawn[key] ?? 'none')}.`, { hint: `Leave ${origins[key].from === 'flag' ? origins[key].name : key} out: it changes nothing of what is recorded.` });
  }
  return {
    ...resolved, values: Object.freeze({
      ...values, ...drawn, 'evaluate.samples': isGiven('evaluate.samples') ? values['evaluate.samples'] : shape.most, 'evaluate.greedy': isGiven('evaluate.greedy') ? values['evaluate.greedy'] : shape.greedy,
      ...(origins.seed.from === 'default' && typeof summary?.settings['seed'] === 'number' ? { seed: summary.settings['seed'] } : {}),
    }) as RunSettings,
  };
}
