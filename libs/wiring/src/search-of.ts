import type { SearchSettings } from '@slowthink/records';
import { resolveSearch, type SearchOverrides } from '@slowthink/search';
import type { runSettings, RunSettings } from './run-settings.ts';

type SearchKey = Extract<keyof typeof runSettings, `search.${string}`>;

/** Settings of the most tokens of a sampling. */
const tokenKeys = { 'search.stepTokens': 'step', 'search.finishTokens': 'finish', 'search.rolloutTokens': 'rollout' } as const satisfies { readonly [Key in SearchKey]?: keyof SearchOverrides };

/** The field of the search that every other setting of it takes the place of. Complete: a setting without a row does not compile. */
const fieldKeys = {
  'search.nodesMax': 'nodesMax', 'search.childrenMax': 'childrenMax', 'search.depthMax': 'depthMax', 'search.correctLeavesMax': 'correctLeavesMax', 'search.samplesMax': 'samplesMax', 'search.tokensMax': 'tokensMax',
  'search.exploration': 'exploration', 'search.backup': 'backup', 'search.reflect': 'reflect', 'search.refinesMax': 'refinesMax', 'search.wave': 'wave', 'search.stepping': 'stepping', 'search.thinking': 'thinking',
  'search.choosing': 'choosing', 'search.forcedFinish': 'forcedFinish', 'search.simulating': 'simulating', 'search.simulationBase': 'simulationBase', 'search.simulationMin': 'simulationMin', 'search.questionTokensMax': 'questionTokensMax',
} as const satisfies { readonly [Key in Exclude<SearchKey, keyof typeof tokenKeys>]: keyof SearchOverrides };

/** The recipe with its preset and what was set instead; null and false are not set. `grader`: the name of who judges, as the run folder or the grader itself says it. SETTING_INVALID. */
export function searchOf(settings: RunSettings, grader = 'rules'): SearchSettings {
  const given = <Key extends SearchKey>([key]: readonly [Key, string]): boolean => settings[key] !== null && settings[key] !== false;
  const fields = entriesOf(fieldKeys).filter(given).map(([key, field]) => [field, settings[key]] as const);
  const samplings = entriesOf(tokenKeys).filter(given).map(([key, field]) => [field, { maxTokens: settings[key] }] as const);
  return resolveSearch(settings.recipe, settings.preset, { ...Object.fromEntries([...fields, ...samplings]), grader });
}

const entriesOf = <Table extends object>(table: Table) => Object.entries(table) as unknown as readonly (readonly [keyof Table, Table[keyof Table]])[];
