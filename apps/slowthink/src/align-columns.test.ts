import { expect, it } from 'vitest';
import { alignColumns } from './align-columns.ts';

it('sets columns to their widest cell, left or right, without blanks at the end of a line', () => {
  expect(alignColumns([['set', 'items', 'note'], ['medqa', '1', ''], ['a', '1,273', 'x']], (column) => column === 1)).toEqual(['set    items  note', 'medqa      1', 'a      1,273  x']);
});
