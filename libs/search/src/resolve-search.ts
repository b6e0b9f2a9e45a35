import { FaultError } from '@slowthink/faults';
import { isSearchSettings, type SearchSettings } from '@slowthink/records';
import { presets, recipes, type SearchOverrides } from './recipes.ts';

/** Recipe, then preset, then overrides: a complete frozen value. Throws SETTING_INVALID that names the setting, or the known recipes or presets. */
export function resolveSearch(recipe: string, preset = 'paper', overrides: SearchOverrides = {}): SearchSettings {
  const settings = [named('preset', presets, preset), overrides].reduce(merge, named('recipe', recipes, recipe));
  if (!isSearchSettings(settings)) {
    const problem = isSearchSettings.errors?.[0];
    const where = `search${(problem?.instancePath ?? '').replaceAll('/', '.')}`;
    const extra = (problem as { params?: { additionalProperty?: string } } | undefined)?.params?.additionalProperty;
    if (extra !== undefined) throw new FaultError('SETTING_INVALID', `There is no setting "${where}.${extra}". Known: ${Object.keys(recipes[recipe]!).join(', ')}.`);
    throw new FaultError('SETTING_INVALID', `${where} ${problem?.message ?? 'is not valid'}.`);
  }
  if (settings.gateLow <= 0) throw new FaultError('SETTING_INVALID', 'search.gateLow must be above 0: a wrong Finish has the value 0.');
  if (settings.gateLow > settings.gateHigh) throw new FaultError('SETTING_INVALID', `search.gateLow (${settings.gateLow}) must not be above search.gateHigh (${settings.gateHigh}).`);
  return settings;
}

function named<Value>(kind: string, table: Readonly<Record<string, Value>>, name: string): Value {
  if (!Object.hasOwn(table, name)) throw new FaultError('SETTING_INVALID', `There is no ${kind} "${name}". Known: ${Object.keys(table).join(', ')}.`);
  return table[name]!;
}

function merge(settings: SearchSettings, changes: SearchOverrides): SearchSettings {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const merged = given.map(([name, value]) => [name, isBlock(value) ? Object.freeze({ ...(settings as unknown as Record<string, object>)[name], ...value }) : value]);
  return Object.freeze({ ...settings, ...Object.fromEntries(merged) }) as SearchSettings;
}

const isBlock = (value: unknown): value is object => typeof value === 'object' && value !== null;
