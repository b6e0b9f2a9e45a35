import { decodingRules, ruleNamed } from '@slowthink/decoding';
import { describe, expect, it } from 'vitest';
import { columnsOf, outcomes } from './columns.ts';
import { decide, rulesFor } from './decided.ts';
import { layOut } from './layout.ts';
import { candidateOf, verdictsOf } from './testing/verdicts.ts';

const outcomeOf = (rule: string, ...candidates: readonly string[]): string => outcomes[decide(layOut([columnsOf(verdictsOf('q', candidates))]), ruleNamed(rule)).outcomes[0]!]!;

describe('decide', () => {
  it('is what the chosen candidate is: maj B (2 of 3), vote-sum A (.9 against .3 + .4), best-of-N A', () => {
    const pool = ['A .9', 'B .3', 'B .4'];
    expect(outcomeOf('maj', ...pool)).toBe('wrong');
    expect(outcomeOf('vote-sum-min', ...pool)).toBe('right');
    expect(outcomeOf('bon-min', ...pool)).toBe('right');
  });

  it('is none where nobody states an answer, and truncated where all were cut off', () => {
    expect(outcomeOf('maj', '-', '~')).toBe('none');
    expect(outcomeOf('maj', '~', '~')).toBe('truncated');
    expect(outcomeOf('bon-min', '- .9', '~ .2')).toBe('none'); // the best of them
    expect(outcomeOf('bon-min', '- .1', '~ .2')).toBe('truncated');
  });

  it('never lets a candidate without an answer vote or win while another has one', () => {
    expect(outcomeOf('maj', '-', '-', 'A')).toBe('right');
    expect(outcomeOf('bon-min', '- .9', 'A .1')).toBe('right');
  });

  it('judges the same choice by the second grader', () => {
    const record = verdictsOf('q', ['A .9', 'B .3']);
    const candidates = record.candidates.map((candidate, at) => ({ ...candidate, exact: at === 0 ? 'wrong' as const : 'right' as const }));
    expect([...decide(layOut([columnsOf({ ...record, candidates })]), ruleNamed('bon-min')).exact!]).toEqual([0]);
  });
});

describe('rulesFor', () => {
  const plain = columnsOf(verdictsOf('p', ['A', 'B'])), scored = columnsOf(verdictsOf('q', ['A .5', 'B .4'])), greedy = columnsOf(verdictsOf('r', ['A .5'], { greedy: candidateOf('A', 9) }));
  const names = (...items: Parameters<typeof rulesFor>[0]): readonly string[] => rulesFor(items, undefined).rules.map(({ name }) => name);

  it('takes every rule that the records allow', () => {
    expect(names(plain)).toEqual(['maj']);
    expect(names(scored)).toHaveLength(19);
    expect(names(greedy)).toEqual(decodingRules.map(({ name }) => name));
  });

  it('leaves greedy out, and says so, where an item lacks its greedy solution', () => {
    expect(names(greedy, scored)).not.toContain('greedy');
    expect(rulesFor([greedy, scored], undefined).notes).toEqual(['The rule greedy is left out: 1 of 2 items have no greedy solution.']);
  });

  it('refuses a rule that is asked for and cannot be computed', () => {
    expect(() => rulesFor([plain], [ruleNamed('p-vs')])).toThrow('The rule vote-sum-min cannot be computed: these candidates have no step values.');
    expect(() => rulesFor([scored], [ruleNamed('greedy')])).toThrow('The rule greedy cannot be computed: 1 of 1 items have no greedy solution.');
  });
});
