import { layOutSteps, scorerRows, usualRow, type ScorerRow } from '@slowthink/models';
import { joinSteps, normaliseStep, openStep, STEP_SEPARATOR } from '@slowthink/prompts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { separatorEnds } from './step-positions.ts';

const bytesOf = ['', '\n\n', '\n', '.', 'Step', '.\n', '\nStep', '.\n\n', '-'].map((text) => new TextEncoder().encode(text));
const ends = (ids: readonly number[], messageTokens = 0, separator = '\n\n') => separatorEnds({ ids, messageTokens }, bytesOf, separator);

const marked = usualRow;
const joinForScoring = (id: string, steps: readonly string[], row: ScorerRow) => layOutSteps({ id, question: 'Q', steps }, row).pieces.join('');

test('a separator ends at its last token, whatever tokens it is made of', () => {
  expect(ends([4, 3, 1, 4, 3, 1])).toEqual([2, 5]);
  expect(ends([4, 5, 2, 4, 7])).toEqual([2, 4]);
  expect(ends([4, 3, 2, 2, 4])).toEqual([3]);
  expect(ends([4, 8, 0, 8, 4], 0, '-')).toEqual([1, 3]);
});

test('what stands in the messages is none', () => expect(ends([1, 4, 1, 4, 1], 3)).toEqual([4]));

test('a mark inside a separator ends at its own last token', () => {
  expect(separatorEnds({ ids: [4, 3, 8, 2, 4, 3, 8, 2], messageTokens: 0 }, bytesOf, '-\n', 1)).toEqual([2, 6]);
  expect(separatorEnds({ ids: [4, 3, 8, 2], messageTokens: 0 }, bytesOf, '.-\n', 2)).toEqual([1]);
});

test('the rows of other scorers leave Step 0 out, count from Step 1 and put their marks behind each step; a step that holds the mark is refused', () => {
  const steps = ["Let's break down this problem step by step.", 'Multiply 12 by 5.', 'The answer is 60 mg.'];
  expect(layOutSteps({ id: 'r', question: 'Q', steps }, scorerRows['qwen-prm'])).toEqual({
    messages: [{ role: 'system', content: 'Please reason step by step, and put your final answer within \\boxed{}.' }, { role: 'user', content: 'Q' }], pieces: ['Multiply 12 by 5.<extra_0>', 'The answer is 60 mg.<extra_0>'], unvalued: 0,
  });
  expect(layOutSteps({ id: 'r', question: 'Q', steps }, scorerRows['math-shepherd'])).toEqual({ messages: [{ role: 'user', content: 'Q ' }], pieces: ['Step 1: Multiply 12 by 5. ки\n', 'Step 2: The answer is 60 mg. ки\n'], unvalued: 0 });
  expect(() => joinForScoring('r', ['a', 'кит'], scorerRows['math-shepherd'])).toThrow('Request r: step 1 holds "ки", the token that marks the ends of steps.');
});

test('a token that runs over the end of a separator leaves no place for a value', () => expect(ends([4, 5, 6, 3, 1])).toBeUndefined());

test('steps are joined with the separator behind each, the last one too', () => expect(joinForScoring('r', ['a', 'b\nc'], marked)).toBe('Step 0: a\n\nStep 1: b\nc\n\n'));

test.each([[['a\n\nb']], [['a', 'b\n']], [['a', 'b\n\n']], [['a', 'b', 'c\n\n\nd']]])('%j could be cut otherwise and are refused', (steps) => {
  expect(() => joinForScoring('r', steps, marked)).toThrow(expect.objectContaining({ code: 'MODEL_REFUSED', message: `Request r: step ${steps.length - 1} holds, or runs into, the separator "\\n\\n", so its end cannot be told.` }));
});

test('steps are marked as in the solutions that scorers are trained on, and a step that carries its mark is refused', () => {
  const steps = ["Let's break down this problem step by step.", 'Multiply 12 by 5.', 'As in Step 1: 60 mg.'];
  for (const stepping of ['marked', 'paragraph'] as const) expect(joinForScoring('r', steps, { ...usualRow, separator: STEP_SEPARATOR, stepping })).toBe(joinSteps(steps, stepping) + STEP_SEPARATOR);
  expect(() => joinForScoring('r', [steps[0]!, 'Step 1: Multiply.'], marked)).toThrow(expect.objectContaining({ code: 'MODEL_REFUSED', message: 'Request r: step 1 begins with "Step 1:".' }));
});

test('any steps that a tree can hold are joined for scoring as they are joined in a prefix and in training rows (property)', () => {
  const step = fc.string({ unit: 'binary' }).map(normaliseStep).filter((text) => text !== '' && !text.startsWith('Step '));
  fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), fc.constantFrom('marked' as const, 'paragraph' as const), (steps, stepping) => {
    const joined = joinForScoring('r', steps, { ...usualRow, separator: STEP_SEPARATOR, stepping });
    expect(joined).toBe(joinSteps(steps, stepping) + STEP_SEPARATOR);
    expect(`${joined}${stepping === 'marked' ? `Step ${steps.length}:` : ''}`).toBe(openStep(steps, stepping));
  }), { numRuns: 2000 });
});

test('no step at all is refused', () => expect(() => joinForScoring('r', [], marked)).toThrow('Request r has no steps to score: Step 0 is missing.'));
