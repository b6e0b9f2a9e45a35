import { expect, test } from 'vitest';
import { labelRecipes, type LabelRecipeName } from './index.ts';

const label = (name: LabelRecipeName, values: readonly number[], threshold = 0.5, beta = 1) => labelRecipes[name].label(values, { threshold, beta });
const zeroOne = (name: LabelRecipeName, values: readonly number[], threshold?: number, beta?: number): string => label(name, values, threshold, beta).map((one) => Number(one.label)).join(' ');
const targets = (...args: Parameters<typeof label>): readonly number[] => label(...args).map(({ target }) => Number(target.toFixed(6)));

test('soft trains on the value itself and calls a step right above the threshold', () => {
  expect(label('soft', [0.725, 0.5, 0])).toEqual([{ target: 0.725, label: true }, { target: 0.5, label: false }, { target: 0, label: false }]);
  expect(zeroOne('soft', [0.725, 0.5, 0], 0.4)).toBe('1 1 0');
});

test('hard trains on 1 above the threshold and on 0 at or below it', () => {
  expect(label('hard', [0.51, 0.5, 0.49])).toEqual([{ target: 1, label: true }, { target: 0, label: false }, { target: 0, label: false }]);
  expect(zeroOne('hard', [0.51, 0.5, 0.49], 0.7)).toBe('0 0 0');
});

test('hard-rise wants a step above the threshold that loses no value, and compares the first one with nothing', () => {
  // .6: first, above -> 1; .7 >= .6 -> 1; .65 < .7 -> 0; .65 >= .65 -> 1; .4 is not above .5 -> 0; .45 rises, not above -> 0; 1 -> 1
  expect(zeroOne('hard-rise', [0.6, 0.7, 0.65, 0.65, 0.4, 0.45, 1])).toBe('1 1 0 1 0 0 1');
  expect(zeroOne('hard-rise', [0.4])).toBe('0');
});

test.each([
  // x = .3 .4 .1-(.4-0) 0-(.1-0) 0 0 = .3 .4 -.3 -.1 0 0
  [[0.3, 0.4, 0.1, 0, 0, 0], '1 1 0 0 0 0'],
  // x = 1 0-(1-0) 0 = 1 -1 0
  [[1, 0, 0], '1 0 0'],
  // x = .3 .1-(.3-.2) .2 = .3 0 .2; the 0 is 2.8e-17 in floating point
  [[0.3, 0.1, 0.2], '1 0 1'],
  // x = .8 .3-(.8-.5) .5 0 = .8 0 .5 0; nothing stands behind the last step
  [[0.8, 0.3, 0.5, 0], '1 0 1 0'],
] as const)('dual-sided looks back: %j gives %s', (values, labels) => {
  expect(zeroOne('dual-sided', values)).toBe(labels);
  expect(label('dual-sided', values).map(({ target }) => target).join(' ')).toBe(labels);
});

test('dual-sided never compares the first step with the root, and looks back from no last step', () => {
  expect(zeroOne('dual-sided', [0.1])).toBe('1');
  expect(zeroOne('dual-sided', [0.9, 0.1])).toBe('1 1'); // .1 is the last: x = .1 though it fell
});

test('no recipe takes the rounding of a value for a difference', () => {
  // mean backup of equal parts: both are .12 on paper, so step 2 did not fall: x = .12 .12 0-(.12-0) 0 0
  expect(zeroOne('dual-sided', [0.12000000000000004, 0.12000000000000002, 0, 0, 0])).toBe('1 1 0 0 0');
  expect(targets('dual-sided-clamped', [0.12000000000000004, 0.12000000000000002, 0, 0, 0])).toEqual([0.12, 0.12, 0, 0, 0]);
  expect(zeroOne('hard-rise', [0.7000000000000001, 0.7])).toBe('1 1');
  // .5 is not above .5, in whatever order its parts were added up
  for (const name of ['soft', 'hard', 'hard-rise', 'dual-sided-clamped'] as const) expect(zeroOne(name, [0.9, 0.5000000000000001, 0])).toBe('1 0 0');
  expect(label('soft', [0.5000000000000001])[0]!.target).toBe(0.5000000000000001); // soft trains on the value as it is
});

test('dual-sided weighs the look-back with beta', () => {
  // .9 .5 .3: x_2 = .5 - beta (.9 - .3) = .5 - .6 beta: -.1 at beta 1, .2 at beta .5
  expect([zeroOne('dual-sided', [0.9, 0.5, 0.3]), zeroOne('dual-sided', [0.9, 0.5, 0.3], 0.5, 0.5), zeroOne('dual-sided', [0.9, 0.5, 0.3], 0.5, 0)]).toEqual(['1 0 1', '1 1 1', '1 1 1']);
});

test('dual-sided-clamped trains on the look-back value between 0 and 1', () => {
  // .9 .5 .3: x = .9 -.1 .3 -> .9 0 .3; .8 .6 .7: x_2 = .6 - (.8 - .7) = .5
  expect(targets('dual-sided-clamped', [0.9, 0.5, 0.3])).toEqual([0.9, 0, 0.3]);
  expect(targets('dual-sided-clamped', [0.8, 0.6, 0.7])).toEqual([0.8, 0.5, 0.7]);
  expect(targets('dual-sided-clamped', [0.9, 0.5, 0.3], 0.5, 0.5)).toEqual([0.9, 0.2, 0.3]);
  expect(zeroOne('dual-sided-clamped', [0.8, 0.6, 0.7, 0.65], 0.55)).toBe('1 0 1 1'); // targets .8 .5 .7 .65 (last)
  expect(label('dual-sided-clamped', [0.3, 0.1, 0.2])[1]!.target).toBe(0); // not 2.8e-17
});
