import { describe, expect, it } from 'vitest';
import { compareAll, comparisonText } from './compare.ts';

describe('the comparison', () => {
  it('counts every output once, and this grader agrees with each handwritten verdict', () => {
    const compared = compareAll();
    expect(compared.length).toBeGreaterThan(300);
    expect(compared.filter(({ ours, deserved }) => ours !== (deserved === 'right'))).toEqual([]);
  });
  it('prints a row a kind whose numbers add up, and a row an output that is judged otherwise', () => {
    const compared = compareAll();
    const [table, ...groups] = comparisonText(compared).split('\n\n### ');
    const numbers = table!.split('\n').slice(2).map((line) => line.split('|').slice(2, -1).map(Number));
    const all = numbers.pop()!;
    expect(all).toEqual(all.map((_, column) => numbers.reduce((sum, row) => sum + row[column]!, 0)));
    expect(all[0]! - all[2]!).toBe(all[3]! + all[4]!);
    const rows = groups.map((group) => group.split('\n').length - 4);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(all[3]! + all[4]!);
    expect(groups.map((group) => Number(/\((\d+)\)\n/.exec(group)![1]))).toEqual(rows);
  });
});
