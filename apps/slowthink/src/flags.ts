import { otherVariables, remoteRun, runSettings, readSettings, withoutCredentials, type ResolvedRun, type RunFile, type RunSettings } from '@slowthink/wiring';
import { explainSettings, type Flags, type Resolved, type Setting } from '@slowthink/settings';
import { Option, type Command } from 'commander';

type Key = keyof typeof runSettings;

const valueName = (setting: Setting): string => ({ string: 'text', integer: 'n', number: 'x', boolean: '', enum: 'name', duration: 'time', bytes: 'size', list: setting.type === 'list' && setting.values ? 'name' : 'path' })[setting.type];

/** Adds the flags of some settings to a command, and --config. `defaultDir`: the folder of this command where none is given. */
export function addSettings(command: Command, keys: readonly Key[], defaultDir: string = runSettings.dir.default): Command {
  for (const key of keys) {
    const setting: Setting = runSettings[key];
    if (setting.flag === undefined) continue;
    const value = setting.type === 'boolean' ? '' : setting.type === 'list' ? ` <${valueName(setting)}...>` : ` <${valueName(setting)}>`;
    const shown = setting.default === null || setting.type === 'boolean' || (Array.isArray(setting.default) && setting.default.length === 0) ? '' : ` (default: ${key === 'dir' ? defaultDir : String(setting.default)})`;
    const allowed = setting.type === 'enum' || (setting.type === 'list' && setting.values) ? ` One of ${setting.values!.join(', ')}.` : '';
    if (setting.type === 'boolean' && setting.default === true) { command.addOption(new Option(`--no-${setting.flag.slice(2)}`, setting.doc)); continue; }
    command.addOption(new Option(`${setting.short === undefined ? '' : `${setting.short}, `}${setting.flag}${value}`, `${setting.doc}${allowed}${shown}`));
  }
  return command.option('--config <file>', 'Settings file (default: slowthink.json of this folder, if there is one).');
}

/** The settings behind a parsed command. `remember`: what is not given is taken from what the run began with, as the folder or, on a new host, the Kafka says. */
export async function settingsOf(command: Command, remember: boolean, defaultDir?: string): Promise<ResolvedRun> {
  const resolved = parsedSettings(command, remember, defaultDir);
  const began = remember ? await remoteRun(resolved.values) : undefined;
  return began === undefined ? resolved : parsedSettings(command, remember, defaultDir, began);
}

function parsedSettings(command: Command, remember: boolean, defaultDir: string | undefined, began?: RunFile): ResolvedRun {
  const own = new Set(Object.values(runSettings as Record<string, Setting>).flatMap(({ flag }) => flag ?? []));
  const flags: Record<string, Flags[string]> = {};
  for (const option of command.options) {
    const value = command.getOptionValue(option.attributeName()) as Flags[string];
    const flag = option.negate ? option.long?.replace('--no-', '--') : option.long;
    if (flag && own.has(flag) && command.getOptionValueSource(option.attributeName()) === 'cli') flags[flag] = value;
  }
  return readSettings({ flags, env: process.env, config: command.getOptionValue('config') as string | undefined, alsoKnown: otherVariables, remember, began, ...(defaultDir === undefined ? {} : { defaultDir }) });
}

/** Every setting with its value and where it came from; addresses as run.json keeps them, without user and password. */
export function explain(resolved: Resolved<typeof runSettings>): string {
  const { policy, scorer, grader } = resolved.values;
  const shown: typeof resolved = { ...resolved, values: { ...resolved.values, policy: withoutCredentials(policy), scorer: withoutCredentials(scorer), grader: withoutCredentials(grader) } };
  return explainSettings(shown);
}
/** Settings that say where a run is. */
export const placeKeys = ['dir', 'broker', 'run'] as const satisfies readonly Key[];
export const runKeys = Object.keys(runSettings) as readonly Key[];
export type { RunSettings };
