import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import type { TrainingJob } from '@slowthink/records';
import { nearestName } from '@slowthink/settings';

type Value = TrainingJob['settings'][string];
type Table = { readonly [task: string]: { readonly [name: string]: Value } | undefined };

/** Name of a hyper-parameter as a manifest has it: a job may also say prm.learningRate. */
export const withoutTask = (name: string, task: TrainingJob['task']): string => (name.startsWith(`${task}.`) ? name.slice(task.length + 1) : name);

/**
 * What a job replaces, against the configurations of a trainer, of which each names every hyper-parameter: a name that none has is SETTING_UNKNOWN, a value of another type than all of them have is SETTING_INVALID. Ranges are the trainer's to
 * check. Nothing where the configurations are not there: the trainer is missing, which is told otherwise.
 */
export function checkJobSettings(folder: string, task: TrainingJob['task'], settings: TrainingJob['settings']): void {
  const all = tablesIn(folder), tables = all.flatMap(({ [task]: table }) => (table === undefined ? [] : [table]));
  const known = [...new Set(tables.flatMap(Object.keys))];
  if (known.length === 0) return;
  for (const [written, value] of Object.entries(settings)) {
    const name = withoutTask(written, task);
    if (!known.includes(name)) {
      const other = (['sft', 'prm', 'dpo'] as const).find((one) => all.some(({ [one]: table }) => table !== undefined && Object.hasOwn(table, name)));
      throw new FaultError('SETTING_UNKNOWN', `${task}.${name} is no hyper-parameter of ${task}; ${other === undefined ? `the nearest is ${nearestName(name, known)}` : `it is one of ${other}: ${other}.${name}`}.`, { hint: `"python tools/training/main.py --settings ${task}" lists all of them.` });
    }
    const values = tables.flatMap((table) => (Object.hasOwn(table, name) ? [table[name]!] : [])), types = new Set(values.filter((one) => one !== null).map((one) => typeof one));
    const fits = value === null ? tables.some((table) => table[name] === null) : types.size === 0 || types.has(typeof value as 'number');
    if (!fits) throw new FaultError('SETTING_INVALID', `${task}.${name} is ${JSON.stringify(value)}; it must be a ${[...types].join(' or ')}${tables.some((table) => table[name] === null) ? ' or null' : ''}, such as ${JSON.stringify(values.find((one) => one !== null) ?? null)}.`, { hint: `"python tools/training/main.py --settings ${task}" says what each may be.` });
  }
}

function tablesIn(folder: string): readonly Table[] {
  let files: readonly string[];
  try { files = readdirSync(folder).filter((name) => name.endsWith('.json')).sort(); } catch { return []; }
  return files.map((file) => {
    try { return JSON.parse(readFileSync(join(folder, file), 'utf8')) as Table; } catch (cause) { throw new FaultError('TRAINER_MISSING', `${join(folder, file)} is no JSON.`, { cause, hint: 'Check out tools/training again.' }); }
  });
}
