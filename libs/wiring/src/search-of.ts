import type { Sampling, SearchSettings } from '@slowthink/records';
import { resolveSearch, type SearchOverrides } from '@slowthink/search';
import type { runSettings, RunSettings } from './run-settings.ts';

type SearchKey = Extract<keyof typeof runSettings, `search.${string}`>;

/** Settings of one number of a sampling: which block, which field of it. */
const samplingKeys = {
  'search.stepTemperature': ['step', 'temperature'], 'search.stepTopP': ['step', 'topP'], 'search.stepTokens': ['step', 'maxTokens'],
  'search.finishTemperature': ['finish', 'temperature'], 'search.finishTopP': ['finish', 'topP'], 'search.finishTokens': ['finish', 'maxTokens'],
  'search.choiceTemperature': ['choice', 'temperature'], 'search.choiceTopP': ['choice', 'topP'], 'search.choiceTokens': ['choice', 'maxTokens'],
  'search.rolloutTemperature': ['rollout', 'temperature'], 'search.rolloutTopP': ['rollout', 'topP'], 'search.rolloutTokens': ['rollout', 'maxTokens'],
} as const satisfies { readonly [Key in SearchKey]?: readonly [keyof SearchOverrides, keyof Sampling] };

/** The field of the search that every other setting of it takes the place of. Complete: a setting without a row does not compile. */
const fieldKeys = {
  'search.nodesMax': 'nodesMax', 'search.childrenMax': 'childrenMax', 'search.depthMax': 'depthMax', 'search.correctLeavesMax': 'correctLeavesMax', 'search.samplesMax': 'samplesMax', 'search.tokensMax': 'tokensMax',
  'search.exploration': 'exploration', 'search.unvisitedScore': 'unvisitedScore', 'search.gateLow': 'gateLow', 'search.gateHigh': 'gateHigh', 'search.backup': 'backup', 'search.reflect': 'reflect', 'search.refinesMax': 'refinesMax', 'search.wave': 'wave', 'search.stepping': 'stepping', 'search.thinking': 'thinking',
  'search.prompting': 'prompting', 'search.choosing': 'choosing', 'search.forcedFinish': 'forcedFinish', 'search.forcedFinishEnough': 'forcedFinishEnough', 'search.simulating': 'simulating', 'search.simulationBase': 'simulationBase', 'search.simulationMin': 'simulationMin', 'search.questionTokensMax': 'questionTokensMax',
} as const satisfies { readonly [Key in Exclude<SearchKey, keyof typeof samplingKeys>]: keyof SearchOverrides };

/** The recipe with its preset and what was set instead; null and false are not set. `grader`: the name of who judges, as the run folder or the grader itself says it. SETTING_INVALID. */
export function searchOf(settings: RunSettings, grader = 'rules'): SearchSettings {
  const given = <Key extends SearchKey>([key]: readonly [Key, string]): boolean => settings[key] !== null && settings[key] !== false;
  const fields = entriesOf(fieldKeys).filter(given).map(([key, field]) => [field, settings[key]] as const);
  const samplings: { [block: string]: { [field: string]: unknown } } = {};
  for (const [key, [block, field]] of entriesOf(samplingKeys)) if (settings[key] !== null) (samplings[block] ??= {})[field] = settings[key];
  return resolveSearch(settings.recipe, settings.preset, { ...Object.fromEntries(fields), ...samplings, grader });
}

const entriesOf = <Table extends object>(table: Table) => Object.entries(table) as unknown as readonly (readonly [keyof Table, Table[keyof Table]])[];
