import { evaluate } from '@slowthink/evaluation';
import type { VerdictsRecord } from '@slowthink/records';
import { resultFiles } from '@slowthink/results';
import { describe, expect, it } from 'vitest';
import { verdictsOf } from '../testing/verdict-records.ts';
import { describeEvaluation } from './describe.ts';
import { rulesNamed } from './numbers-of.ts';

const told = async (records: readonly VerdictsRecord[], rules: readonly string[] = []): Promise<string> =>
  describeEvaluation({ evaluation: await evaluate(records, { draws: 100, subsets: 2, ...(rules.length === 0 ? {} : { rules: rulesNamed(rules) }) }), paths: resultFiles('/results'), rulesAsked: rules.length > 0 });

const nine = ['maj', 'scvm', 'bon-last', 'bon-min', 'bon-mean', 'bon-max', 'bon-product', 'vote-sum-last', 'vote-sum-min', 'vote-sum-max'];

describe('describeEvaluation', () => {
  it('calls pass@N the ceiling where every item has N candidates, and not where some have more', async () => {
    const even = [verdictsOf('a', ['A', 'A']), verdictsOf('b', ['A', 'B'])];
    expect(await told(even)).toMatch(/pass@2 +100\.0 .*the ceiling of every rule/);
    const more = await told([...even, verdictsOf('c', ['A', 'A', 'B'])]);
    expect(more).toMatch(/pass@2 +100\.0/);
    expect(more).not.toContain('ceiling');
  });

  it('shows every rule that was asked for, each once under any of its names, and the ones that matter where none was', async () => {
    const records = [verdictsOf('a', ['A .5', 'B .2'])];
    const rows = (text: string): readonly string[] => text.split('\n').filter((line) => /^ {2}\S/.test(line) && !line.includes('pass@'));
    expect(rows(await told(records, nine))).toHaveLength(9);
    expect(rows(await told(records))).toHaveLength(5); // of 19: maj, bon-min, vote-sum-min, vote-sum-last, vote-mean-min
    expect((await told(records, nine)).match(/maj@N/g)).toHaveLength(1);
  });
});
