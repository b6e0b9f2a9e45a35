import { environmentName, type Setting } from '@slowthink/settings';
import { runSettings, type ResolvedRun } from '@slowthink/wiring';
import type { RunSettings } from '../flags.ts';

type Key = keyof typeof runSettings;

/** In the folder of the evolution: what every command of a round gets as --config. */
export const commandSettingsFile = 'settings.json';

export interface CommandSettings {
  /** By key: what the folder began with, and what the settings file of this start says besides. No secret is in it. */
  readonly file: { readonly [key: string]: unknown };
  /** Secrets out of the settings file of this start, for the environment of a command. A variable that names a file for the same secret is undefined: it is given once. */
  readonly env: { readonly [name: string]: string | undefined };
}

const ofEvolution = /^(?:evolve\.|(?:policy|scorer|questions|recipe|dir|corpus\.(?:limit|limitPerSet|shard)|models\.budgetTokens)$)/; // flags of the commands say these, or none takes them

/** Settings of the commands, so that a start from another shell, without --preset or --config, searches and measures later rounds as the rounds before. */
export function commandSettings(values: RunSettings, origins: ResolvedRun['origins'], pinned: { readonly [key: string]: unknown }): CommandSettings {
  const fromFile = (Object.entries(runSettings as { readonly [key: string]: Setting }) as [Key, Setting][]).filter(([key]) => origins[key].from === 'file' && !ofEvolution.test(key));
  const secrets = fromFile.filter(([key, { secret }]) => secret === true && values[key] !== null);
  return {
    file: { ...Object.fromEntries(fromFile.filter(([, { secret }]) => secret !== true).map(([key]) => [key, values[key]])), ...Object.fromEntries(Object.entries(pinned).filter(([key]) => !ofEvolution.test(key))) },
    env: Object.fromEntries(secrets.flatMap(([key]) => [[environmentName(key), String(values[key])], [`${environmentName(key)}_FILE`, undefined]])),
  };
}
