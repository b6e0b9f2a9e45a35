import { expect, it } from 'vitest';
import { decodeForm } from './decode-form.ts';

it('reads sample, and a beam of a width up to the number of candidates, by the least value or the last', () => {
  expect(decodeForm('sample', 1)).toEqual({ kind: 'sample' });
  expect(decodeForm('beam:4', 16)).toEqual({ kind: 'beam', width: 4, reduce: 'min' });
  expect(decodeForm('beam:16:last', 16)).toEqual({ kind: 'beam', width: 16, reduce: 'last' });
});

it.each([
  ['beam', 16, '--decode is "beam"; allowed: sample, beam:W'], ['beam:0', 16, '"beam:0"'], ['beam:-1', 16, '"beam:-1"'], ['beam:2.5', 16, '"beam:2.5"'], ['beam:2:mean', 16, 'beam:W:last'], ['Sample', 16, '"Sample"'], ['', 16, '--decode is ""'],
  ['beam:17', 16, '--decode is beam:17, but only 16 candidates are asked for'], ['beam:2', 1, 'but one candidate is asked for'],
] as const)('refuses %j with %i candidates and says why', (text, candidates, message) => {
  expect(() => decodeForm(text, candidates)).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message: expect.stringContaining(message) as string }) as Error);
});
