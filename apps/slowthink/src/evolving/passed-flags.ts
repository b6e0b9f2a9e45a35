import { createHash } from 'node:crypto';
import type { Setting } from '@slowthink/settings';
import { runSettings, withoutCredentials } from '@slowthink/wiring';
import { commandSettingsFile } from './command-settings.ts';
import type { Evolution } from './evolution.ts';

const takenBy = { curriculum: /^(?:broker|models\.)/, run: /^(?:broker|models\.)/, evaluate: /^(?:evaluate\.draws|broker|models\.)/ } as const;

/** The run of a step where the broker is shared: every command is a run of its own. null: its folder says it. */
export const runOfStep = (id: string, { values, folder }: Pick<Evolution, 'values' | 'folder'>): string | null => (values.broker === 'sqlite' ? null : `${values.run ?? `evolve-${createHash('sha256').update(folder.dir).digest('hex').slice(0, 8)}`}-${id}`);

/**
 * Flags of models, as they were given, and the settings file of the folder, which is stronger than the environment. What an evolution takes of its files is decided here, and its budget too,
 * whatever the environment says.
 */
export function passedTo(command: keyof typeof takenBy, id: string, { passed, values, folder }: Pick<Evolution, 'passed' | 'values' | 'folder'>): readonly string[] {
  const flags = [...passed].flatMap(([key, text]) => (takenBy[command].test(key) ? [(runSettings[key] as Setting).flag!, text] : []));
  const run = runOfStep(id, { values, folder });
  const grader = withoutCredentials(values.grader) === values.grader ? [] : ['--grader', values.grader]; // the file has it without its password
  return [...flags, ...grader, ...(run === null ? [] : ['--run', run]), '--limit-per-set', 'none', '--shard', 'none', '--budget-tokens', 'none', '--config', folder.path(commandSettingsFile)];
}
