// What several runs have in common, and whether their candidates are one pool.
import { FaultError } from '@slowthink/faults';
import { canonicalJson } from '@slowthink/records';
import type { Provenance, Source, Summary } from './summary.ts';

/** Settings under which candidates were drawn: they stand in no item, and candidates of other ones are not one pool. */
const samplingKeys = ['recipe', 'evaluate.temperature', 'evaluate.topP', 'evaluate.tokens', 'search.prompting', 'search.stepping', 'search.thinking', 'search.rolloutTokens'];

/** Results that become one, or the only ones: their name for people, their summary where they have one, the sha256 of their items. */
export interface Merged { readonly name: string; readonly summary: Summary | undefined; readonly sha256: string }

/**
 * Where the candidates of some results come from: each run once, and the settings that all have of which any are known. Of one result, and of the same twice, it is what its summary says.
 * EVALUATION_MIXED where two were sampled under other settings.
 */
export function mergedProvenance(results: readonly Merged[]): Provenance {
  const known = results.flatMap(({ name, summary }) => (summary?.sources.some(({ settingsKnown }) => settingsKnown) ? [{ name, settings: summary.settings }] : []));
  for (const key of samplingKeys) for (const { name, settings } of known) if (!same(settings[key], known[0]!.settings[key])) throw new FaultError('EVALUATION_MIXED', `These runs cannot be merged. ${key} is ${shown(known[0]!.settings[key])} in ${known[0]!.name} and ${shown(settings[key])} in ${name}.`);
  const named = results.flatMap(({ summary, sha256 }): readonly Source[] => summary?.sources ?? [{ run: null, seed: null, items: sha256, settingsKnown: false }]);
  const sources = named.filter(({ items, settingsKnown }, at) => !named.some((other, place) => other.items === items && (settingsKnown === other.settingsKnown ? place < at : other.settingsKnown)));
  return {
    settings: Object.fromEntries(Object.entries(known[0]?.settings ?? {}).filter(([key, value]) => known.every(({ settings }) => same(settings[key], value)))),
    run: sources.length === 1 ? sources[0]!.run : null, sources,
  };
}

/** A sentence where the settings of a run are not known; none where all are. */
export function provenanceNotes({ sources }: Pick<Provenance, 'sources'>): readonly string[] {
  const unknown = sources.filter(({ settingsKnown }) => !settingsKnown).length;
  if (unknown === 0) return [];
  return [sources.length === 1 ? 'The settings that the candidates were sampled with are not known: their items came without a summary.json.' : `The settings that the candidates of ${unknown} of ${sources.length} merged runs were sampled with are not known (items without a summary.json): nobody has checked that they are the same.`];
}

const same = (a: unknown, b: unknown): boolean => canonicalJson(a ?? null) === canonicalJson(b ?? null);
const shown = (value: unknown): string => (value === undefined || value === null ? 'not set' : String(value));
