import { FaultError } from '@slowthink/faults';
import { expect, test } from 'vitest';
import { labelsIdOf, resolveLabels, type LabelChoices } from './index.ts';

test('has soft labels, every right chain and no pairs by default', () => {
  expect(resolveLabels('meds3-v2')).toEqual({ recipe: 'soft', threshold: 0.5, beta: null, keepTop: null, filterInvalid: false, unsimulated: 'leave-out', pairs: [], pairThreshold: null, pairsMax: null });
  expect(resolveLabels('seed-cpu')).toEqual(resolveLabels('meds3-v2'));
  expect(resolveLabels('constructor')).toEqual(resolveLabels('meds3-v2')); // a name of every object
});

test('has dual-sided labels, level and leaf pairs by default for meds3-v4, and lets each be chosen otherwise', () => {
  expect(resolveLabels('meds3-v4')).toEqual({ recipe: 'dual-sided', threshold: null, beta: 1, keepTop: null, filterInvalid: false, unsimulated: 'leave-out', pairs: ['level', 'leaf'], pairThreshold: 0.8, pairsMax: 100 });
  expect(resolveLabels('meds3-v4-round-2')).toEqual(resolveLabels('meds3-v4'));
  expect(resolveLabels('meds3-v4', { recipe: 'soft', pairs: ['off'] })).toEqual(resolveLabels('meds3-v2'));
});

test('is frozen, and one value for choices that give the same rows', () => {
  const settings = resolveLabels('meds3-v2', { pairs: ['leaf', 'level'] });
  expect(Object.isFrozen(settings) && Object.isFrozen(settings.pairs)).toBe(true);
  expect(settings.pairs).toEqual(['level', 'leaf']); // in the order of the kinds, however they were named
  expect(labelsIdOf(resolveLabels('meds3-v2', { beta: 7 }))).toBe(labelsIdOf(resolveLabels('meds3-v2'))); // soft has no look-back
  expect(labelsIdOf(resolveLabels('meds3-v2', { pairThreshold: 0.3, pairsMax: 9 }))).toBe(labelsIdOf(resolveLabels('meds3-v2'))); // no pairs
});

test('tells any two different settings apart by name and hash', () => {
  const choices: readonly LabelChoices[] = [
    {}, { recipe: 'hard' }, { recipe: 'hard-rise' }, { recipe: 'dual-sided' }, { recipe: 'dual-sided', beta: 2 }, { recipe: 'dual-sided-clamped' }, { threshold: 0.6 }, { keepTop: 1 }, { filterInvalid: true }, { unsimulated: 'inherit' },
    { pairs: ['level'] }, { pairs: ['leaf'] }, { pairs: ['level'], pairThreshold: 0.5 }, { pairs: ['level'], pairsMax: 5 }, { pairs: ['level'], pairsMax: null },
  ];
  const ids = choices.map((choice) => labelsIdOf(resolveLabels('meds3-v2', choice)));
  expect(new Set(ids).size).toBe(choices.length);
  expect(ids[1]).toMatch(/^hard-[0-9a-f]{8}$/);
});

test.each<readonly [LabelChoices, string]>([
  [{ recipe: 'medium' }, 'There are no labels "medium". Known: soft, hard, hard-rise, dual-sided, dual-sided-clamped.'],
  [{ threshold: 1 }, 'labels.threshold is 1; allowed: 0 or more and less than 1.'],
  [{ threshold: -0.1 }, 'labels.threshold is -0.1; allowed: 0 or more and less than 1.'],
  [{ threshold: Number.NaN }, 'labels.threshold is NaN; allowed: 0 or more and less than 1.'],
  [{ beta: -1 }, 'labels.beta is -1; allowed: 0 or more.'],
  [{ keepTop: 0 }, 'labels.keepTop is 0; allowed: a whole number of at least 1, or none.'],
  [{ pairs: ['level', 'cousins'] }, 'There are no preference pairs "cousins". Known: level, siblings, leaf; off for none.'],
  [{ pairs: ['off', 'leaf'] }, 'preference.pairs is off, leaf; off stands alone.'],
  [{ pairThreshold: 1 }, 'preference.threshold is 1; allowed: 0 or more and less than 1.'],
  [{ pairsMax: 1.5 }, 'preference.pairsMax is 1.5; allowed: a whole number of at least 1, or none.'],
])('refuses %j', (choice, message) => {
  expect(() => resolveLabels('meds3-v2', choice)).toThrow(new FaultError('SETTING_INVALID', message));
});
