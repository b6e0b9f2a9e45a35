import { describe, expect, it } from 'vitest';
import type { AnswerObject } from './answer-object.ts';
import { answerText, bar, type Page } from './answer-text.ts';

const answered: AnswerObject = {
  question: 'How many mg?', kind: 'number', unit: 'mg', answer: '720 mg', rule: 'vote-sum-min', decode: 'sample', chosen: 1,
  chain: [{ step: 1, text: 'The day needs 80 × 18 = 1440 mg.', value: 0.26 }, { step: 2, text: 'The answer is 720 mg.', value: 0.82 }],
  votes: [{ answer: '720 mg', votes: 2, score: 1.03 }, { answer: '120 mg', votes: 1, score: 0.03 }], without: { none: 1, truncated: 0, several: 0 },
  candidates: Array.from({ length: 4 }, () => ({ answer: null, steps: [], values: null, truncated: false, tokens: 0, seed: 0 })),
  models: { policy: { model: 'seed', revision: '1' }, scorer: { model: 'prm', revision: '2' } },
  usage: { policy: { requests: 1, samples: 4, promptTokens: 57, completionTokens: 1016, cachedTokens: 50 }, scorer: { requests: 2, promptTokens: 244, completionTokens: 0 } }, seconds: 0.84,
};
const plain: Page = { columns: undefined, paint: (_style, text) => text };
const noOptions = (): string => '';
const textOf = (changes: Partial<AnswerObject>, page = plain, optionText: (letter: string) => string = noOptions): string => answerText({ ...answered, ...changes }, optionText, page);

describe('what is shown', () => {
  it('is the answer and its rule, the chain with bars, the other answers, and what it cost', () => {
    expect(textOf({}).split('\n')).toEqual([
      'Answer: 720 mg', 'P-VS, vote-sum (min): 2 of 4 candidates state it, their least step values sum to 1.03.', '',
      '  1  0.26 ███░░░░░░░  The day needs 80 × 18 = 1440 mg.', '  2  0.82 ████████░░  The answer is 720 mg.', '',
      'Other answers   votes   score', '  120 mg            1    0.03', '  no answer         1', '',
      '4 candidates by sample · policy seed, scorer prm · tokens: 57 prompt (50 cached), 1,016 generated, 244 of the scorer · 0.8 s',
    ]);
  });

  it('says that voting is undefined for an open question', () => {
    expect(textOf({ kind: 'open', answer: 'Rest.', rule: 'bon-min', votes: [], without: { none: 4, truncated: 0, several: 0 } })).toMatch(/^Best chain\nVoting is undefined for an open question: nothing says which of 4 answers are the same\. Best-of-N \(min\): candidate 2, whose least step value is the highest\.\n\n(?![^]*(?:Other answers|no answer))/);
  });

  it('names an option by letter and words, a majority, and an only candidate', () => {
    expect(textOf({ kind: 'choice', answer: 'B', rule: 'maj', votes: [{ answer: 'B', votes: 3, score: null }, { answer: 'A', votes: 1, score: null }], chain: [{ step: 1, text: 'The answer is B.', value: null }] }, plain, (letter) => ({ A: 'aspirin', B: 'heparin' })[letter] ?? '').split('\n').slice(0, 7)).toEqual(
      ['Answer: B. heparin', 'Majority, without step values: 3 of 4 candidates state it.', '', '  1  The answer is B.', '', 'Other answers   votes', '  A. aspirin        1']);
    expect(textOf({ candidates: answered.candidates.slice(1, 2), votes: answered.votes.slice(0, 1), without: { none: 0, truncated: 0, several: 0 } })).toContain('The only candidate: there was nothing to choose from. Ask for more with -n.');
  });

  it('says that nobody states an answer, and why', () => {
    expect(textOf({ answer: null, rule: 'bon-min', votes: [], without: { none: 1, truncated: 2, several: 1 } })).toMatch(/^No candidate states an answer\nNothing to vote on in 4 candidates\. Best-of-N \(min\): candidate 2[^]*Candidates +count\n  no answer +1\n  cut off before an answer +2\n  several answers +1\n/);
  });

  it('stays within the columns of a terminal, the text of a step beside its bar, which alone is coloured by its value', () => {
    const page: Page = { columns: 40, paint: (style, text) => (style === 'red' || style === 'green' ? `<${style}>${text}</${style}>` : text) };
    const lines = textOf({}, page).split('\n');
    expect(lines.slice(5, 8)).toEqual(['  1  0.26 <red>███░░░░░░░</red>  The day needs 80 ×', '                      18 = 1440 mg.', '  2  0.82 <green>████████░░</green>  The answer is 720']);
    for (const line of lines) expect(line.replaceAll(/<.*?>/g, '').length).toBeLessThanOrEqual(40);
  });

  it('draws a value as ten cells', () => expect([0, 0.04, 0.34, 0.96, 1].map(bar)).toEqual(['░░░░░░░░░░', '░░░░░░░░░░', '███░░░░░░░', '██████████', '██████████']));
});
