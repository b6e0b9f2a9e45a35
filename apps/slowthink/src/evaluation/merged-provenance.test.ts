import { describe, expect, it } from 'vitest';
import { mergedProvenance, provenanceNotes, type Merged } from './merged-provenance.ts';
import type { Source, Summary } from './summary.ts';

const settings = { recipe: 'medsss', 'evaluate.temperature': 1, 'search.rolloutTokens': null, 'evaluate.shard': null };
const source = (items: string, seed: number | null = 0, settingsKnown = true): Source => ({ run: settingsKnown ? `run-${items}` : null, seed, items, settingsKnown });
const merged = (name: string, changes: Partial<Summary> = {}): Merged => ({ name, sha256: name, summary: { settings, run: `run-${name}`, sources: [source(name)], ...changes } as Summary });

describe('mergedProvenance', () => {
  it('keeps of two runs what they have in common, and each source once', () => {
    const [a, b] = [merged('a', { settings: { ...settings, 'evaluate.shard': '1/2' } }), merged('b', { settings: { ...settings, 'evaluate.shard': '2/2' }, sources: [source('b', 7)] })];
    const { 'evaluate.shard': _, ...common } = settings;
    expect(mergedProvenance([a, b])).toEqual({ settings: common, run: null, sources: [source('a'), source('b', 7)] });
  });

  it('is of a run and itself, and of one run, what its summary says', () => {
    for (const runs of [[merged('a')], [merged('a'), merged('a')]]) expect(mergedProvenance(runs)).toEqual({ settings, run: 'run-a', sources: [source('a')] });
  });

  it('lets a merge be merged further, and still refuses other sampling settings, tokens of a rollout among them', () => {
    const whole = { name: 'ab', sha256: 'ab', summary: mergedProvenance([merged('a'), merged('b')]) as Summary };
    expect(mergedProvenance([whole, merged('c'), merged('a')]).sources.map(({ items }) => items)).toEqual(['a', 'b', 'c']);
    expect(() => mergedProvenance([whole, merged('c', { settings: { ...settings, 'evaluate.temperature': 0.7 } })])).toThrow('These runs cannot be merged. evaluate.temperature is 1 in ab and 0.7 in c.');
    expect(() => mergedProvenance([whole, merged('c', { settings: { ...settings, 'search.rolloutTokens': 512 } })])).toThrow('search.rolloutTokens is not set in ab and 512 in c');
  });

  it('takes items without a summary, and says that nobody knows their settings', () => {
    const bare: Merged = { name: 'bare', summary: undefined, sha256: 'x' };
    expect(provenanceNotes(mergedProvenance([merged('a')]))).toEqual([]);
    expect(provenanceNotes(mergedProvenance([bare]))).toEqual(['The settings that the candidates were sampled with are not known: their items came without a summary.json.']);
    const both = mergedProvenance([bare, merged('a')]);
    expect(both).toEqual({ settings, run: null, sources: [source('x', null, false), source('a')] });
    expect(provenanceNotes(both)).toEqual(['The settings that the candidates of 1 of 2 merged runs were sampled with are not known (items without a summary.json): nobody has checked that they are the same.']);
    expect(mergedProvenance([{ name: 'written from bare', sha256: 'y', summary: mergedProvenance([bare]) as Summary }, merged('a')])).toEqual(both); // no setting of it is compared
  });

  it('knows a copy of items without its summary for the run that it was', () => expect(mergedProvenance([{ name: 'copy', summary: undefined, sha256: 'a' }, merged('a')]).sources).toEqual([source('a')]));
});
