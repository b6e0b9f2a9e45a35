import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChoice, readReply, splitSteps, splitThinking } from './index.ts';

const pairs = [['<think>', '</think>'], ['<thinking>', '</thinking>'], ['<thought>', '</thought>'], ['<seed:think>', '</seed:think>'], ['[THINK]', '[/THINK]'], ['<|begin_of_thought|>', '<|end_of_thought|>'], ['<|START_THINKING|>', '<|END_THINKING|>'], ['◁think▷', '◁/think▷'], ['<|channel|>analysis<|message|>', '<|channel|>final<|message|>']] as const;

describe('splitThinking', () => {
  it.each(pairs)('takes %s … %s for a thought; only what follows is text', (opens, closes) => {
    expect(splitThinking(`${opens}\nA is wrong. The answer is A.\n${closes}\n\n The answer is B.`)).toEqual({ reasoning: 'A is wrong. The answer is A.', text: '\n\n The answer is B.', open: false });
    expect(splitThinking(`The answer is A.\n${closes}\n\nThe answer is B.`)).toEqual({ reasoning: 'The answer is A.', text: '\n\nThe answer is B.', open: false }); // the template opened it
    expect(splitThinking(`${opens}The answer is A.`)).toEqual({ reasoning: 'The answer is A.', text: '', open: true });
  });
  it('leaves a reply without a thought as it is, and an empty thought leaves no reasoning', () => {
    expect(splitThinking(' a <b> [c]\n')).toEqual({ reasoning: '', text: ' a <b> [c]\n', open: false });
    expect(splitThinking('<think>\n\n</think>\n\nb')).toEqual({ reasoning: '', text: '\n\nb', open: false });
  });
  it('ends a thought at the first tag that closes it, whatever other tags stand in it', () => {
    expect(splitThinking('<think>a [/THINK] <think> b</think>c')).toEqual({ reasoning: 'a [/THINK] <think> b', text: 'c', open: false });
    expect(splitThinking('<think>a</think>b</think>c')).toEqual({ reasoning: 'a\n\nb', text: 'c', open: false });
  });
  it('keeps text that stands around closed thoughts; of an open one nothing is text', () => {
    expect(splitThinking(' Fever. <think>x</think>\n\nStep 2: Iron.')).toEqual({ reasoning: 'x', text: ' Fever. \n\nStep 2: Iron.', open: false });
    expect(splitThinking('The answer is A. <think>x</think> The answer is B. <think>y')).toEqual({ reasoning: 'The answer is A.\n\nx\n\nThe answer is B.\n\ny', text: '', open: true });
  });
  it('takes the frame off the text of models that put one around it', () => {
    expect(splitThinking('<|begin_of_thought|>a<|end_of_thought|>\n\n<|begin_of_solution|>b<|end_of_solution|>').text.trim()).toBe('b');
  });
  it('gives a text that holds no thought any more (property)', () => {
    const part = fc.oneof(fc.constantFrom(...pairs.flat(), 'a', ' ', '\n\n', 'Step 2:', '<', 'think>'), fc.string({ maxLength: 3 }));
    fc.assert(fc.property(fc.array(part, { maxLength: 20 }).map((parts) => parts.join('')), (reply) => {
      const { text, open } = splitThinking(reply);
      if (open) expect(text).toBe('');
      expect(text.length).toBeLessThanOrEqual(reply.length);
      for (const [opens, closes] of pairs) if (!reply.includes(opens) && !reply.includes(closes)) expect(splitThinking(`${opens}${closes}${reply}`).text).toBe(text);
    }), { numRuns: 4000 });
  });
});

describe('readReply', () => {
  it('joins what the server kept apart with what stands in the text', () => {
    expect(readReply({ text: '<think>b</think>c', finish: 'stop', reasoning: 'a\n' })).toEqual({ text: 'c', truncated: false, reasoning: 'a\n\nb' });
    expect(readReply({ text: 'c', finish: 'length' })).toEqual({ text: 'c', truncated: true });
  });
  it('takes a thought that was cut off as truncated, whoever cut it: the token limit, a stop string, or the server that keeps thoughts apart', () => {
    expect(readReply({ text: '<think>The answer is B.', finish: 'length' })).toEqual({ text: '', truncated: true, reasoning: 'The answer is B.' });
    expect(readReply({ text: '<think>The answer is B.', finish: 'stop' })).toEqual({ text: '', truncated: true, reasoning: 'The answer is B.' });
    expect(readReply({ text: '', finish: 'stop', reasoning: 'The answer is B.' })).toEqual({ text: '', truncated: true, reasoning: 'The answer is B.' });
    expect(readReply({ text: '', finish: 'stop' })).toEqual({ text: '', truncated: false });
  });
  it('leaves steps that hold nothing of the thought', () => {
    expect(splitSteps(readReply({ text: 'maybe\nStep 2: no\n</think>\n\n Iron is low.\n\nStep 3: The answer is B.', finish: 'stop' }).text, 2)).toEqual(['Iron is low.', 'The answer is B.']);
  });
});

it('a choice is read behind the thought', () => {
  expect(['<think>Finish? No.</think>Reason', '<think>Reason? No.</think>\nFinish', '<think>Finish'].map(parseChoice)).toEqual(['reason', 'finish', 'reason']);
});
