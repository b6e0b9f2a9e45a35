import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Gold } from '@slowthink/records';
import { alphabet, bmi, claim, combined, digit, disease, drugs, entity, germs, letters, no, number, rare, span, stage, therapy, yes } from './golden/golden.ts';
import { goldenOutputs } from './golden/all.ts';
import { grade, statesAnswer } from './index.ts';

const golds: readonly Gold[] = [drugs, germs, combined, yes, no, number(5, 'mg'), number(-2.5, ''), number(5, 'mcg/kg/min'), bmi, letters, alphabet, stage, therapy, claim, digit, span('high'), span('5 mg', 'five mg'), span('125-500 mg daily'), disease, entity, rare, { kind: 'open', answer: 'gerd' }];
const fragments = ['The answer is ', 'answer:', ' B', '(C)', ' or ', 'not ', '\\boxed{', '}', '**', '\n', '\n\n', 'Step 2: ', 'Nitroglycerin', 'E. coli', ' 5', ' mg', '/kg', '1,000', ' = ', '?', ' if ', 'wait, ', ' is correct', 'yes', 'no', '<think>', '</think>', '[THINK]', 'Regional', 'GERD', 'high', '-dose', '@entity1', 'true', '答案是', 'respuesta: ', '٢', 'dose is ', ' (', '<|im_end|>', '½', '⁻³', '\ud800'];
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 6 })), { maxLength: 30 }).map((parts) => parts.join('')));
const prose = fc.array(fc.constantFrom('the', 'patient', 'improves', 'and', 'goes', 'home', 'with', 'pain', 'A', 'B', 'vitamin', '45', 'mg', 'option', 'no', 'yes'), { maxLength: 20 }).map((words) => words.join(' '));

/** The same question with every other answer it allows, without synonyms; where any words answer, with two quite different ones. */
function otherGolds(gold: Gold): readonly Gold[] {
  switch (gold.kind) {
    case 'choice': return gold.options.map(({ letter }) => ({ ...gold, answer: letter }));
    case 'text': return gold.options.map((answer) => ({ ...gold, answer }));
    case 'yes-no-maybe': return (['yes', 'no', 'maybe'] as const).map((answer) => ({ ...gold, answer }));
    case 'digit': return (gold.classes?.map((one) => one.digit) ?? [...'0123456789']).map((answer) => ({ ...gold, answer }));
    case 'number': return [{ ...gold, answer: gold.answer * 3 + 7 }, { ...gold, lower: 900, upper: 1000 }];
    case 'span': return ['zebra crossing', 'unknown', 'no dose', 'not high', '5 mg'].map((answer) => ({ kind: 'span', answer, alternatives: ['78 mL', `${answer} of it`] }));
    case 'name': return gold.names === undefined ? ['Zorro syndrome', 'no disease', 'not Fabry disease'].map((answer) => ({ kind: 'name', answer })) : [...gold.names.slice(0, 6), 'asthma'].map((answer) => ({ kind: 'name', answer, names: gold.names!, alternatives: ['reflux'] }));
    case 'open': return [{ kind: 'open', answer: 'rest' }];
  }
}

describe('laws of the grader', () => {
  it('says whether a text states an answer whichever answer is right (law 8): each handwritten output, each question, each other gold', () => {
    const more = ['unknown', 'no dose', 'not high', 'not Fabry disease', 'no disease', 'asthma', 'reflux', '5 mg of what?', 'none'].map((answer) => `The answer is ${answer}.`);
    const texts = [...new Set([...Object.values(goldenOutputs).flat().map(([, text]) => text), ...more])];
    for (const gold of golds) {
      const stated = texts.map((text) => statesAnswer(text, gold));
      for (const other of otherGolds(gold)) expect([other, texts.filter((text, at) => statesAnswer(text, other) !== stated[at])]).toEqual([other, []]);
    }
  });

  it('gives a well-formed verdict on any text and never throws', () => {
    fc.assert(fc.property(anyText, fc.constantFrom(...golds), fc.boolean(), (text, gold, truncated) => {
      const verdict = grade(text, gold, { truncated });
      expect(typeof statesAnswer(text, gold)).toBe('boolean');
      expect(verdict.normalised === '').toBe(verdict.status === 'none');
      expect(verdict.answer === '').toBe(verdict.status === 'none');
      if (verdict.status === 'none') expect(['truncated', ...(truncated ? [] : ['no answer'])]).toContain(verdict.why);
      if (verdict.status === 'right') expect(verdict.why).toBeUndefined();
    }), { numRuns: 2000 });
  });
  it('calls a choice right exactly when its key is the gold letter', () => {
    fc.assert(fc.property(anyText, fc.constantFrom(drugs, germs, combined), (text, gold) => {
      const verdict = grade(text, gold);
      expect(verdict.status === 'right').toBe(verdict.normalised === gold.answer);
    }), { numRuns: 2000 });
  });
  it('calls an answer right exactly when its key is the key of the gold, for every kind but a number', () => {
    const keyed: readonly (readonly [Gold, string])[] = [[drugs, 'B'], [letters, 'C'], [stage, 'Regional'], [therapy, 'Surgery and radiotherapy'], [yes, 'yes'], [claim, '2'], [digit, '1'], [span('high'), 'high'], [span('125-500 mg daily'), '125-500 mg/d'], [disease, 'GERD'], [entity, '@entity1'], [rare, 'Fabry disease']];
    fc.assert(fc.property(anyText, fc.constantFrom(...keyed), (text, [gold, key]) => {
      const verdict = grade(text, gold);
      expect(verdict.status === 'right').toBe(verdict.normalised === key);
    }), { numRuns: 2000 });
  });
  const worded: readonly (readonly [Gold, readonly (readonly [string, string])[]])[] = [ // an answer and another wording of it
    [stage, [['Regional', 'regional'], ['In situ', 'in-situ'], ['Distant', 'DISTANT']]], [claim, [['2', 'true'], ['0', 'zero'], ['1', '\uff11']]], [disease, [['GERD', 'acid reflux'], ['Pneumonia', 'pneumonia'], ['HIV (initial infection)', 'HIV initial infection']]],
    [span('5 mg'), [['5 mg', '0.005 g'], ['3 g/day', '3.0 g daily'], ['20-25 mg', '20 to 25 milligrams'], ['high', 'a high dose']]], [number(5, 'mg'), [['5 mg', '5,000 mcg'], ['2 g', '2000 mg']]], [yes, [['yes', 'Yes'], ['maybe', 'uncertain']]], [drugs, [['B', 'nitroglycerin'], ['D', 'd']]],
  ];
  it('meets equal answers under one key, and other answers under another', () => {
    for (const [gold, pairs] of worded) {
      const keys = pairs.map((pair) => pair.map((answer) => grade(`The answer is ${answer}.`, gold).normalised));
      for (const [one, other] of keys) expect(other).toBe(one);
      expect(new Set(keys.map(([one]) => one)).size).toBe(pairs.length);
    }
  });
  it('gives one verdict in whatever markup the answer is wrapped', () => {
    const wraps: readonly ((answer: string) => string)[] = [(a) => `The answer is **${a}**.`, (a) => `The answer is (${a}).`, (a) => `The answer is "${a}".`, (a) => `The answer is \`${a}\`.`, (a) => `**The answer is ${a}**`, (a) => `**Answer:** ${a}`, (a) => `### Final answer\n${a}`, (a) => `\\boxed{${a}}`, (a) => `<answer>${a}</answer>`, (a) => `So $\\boxed{\\text{${a}}}$.`, (a) => `> The answer is _${a}_`, (a) => `<think>No: The answer is unknown.</think>\n\nThe answer is ${a}.`];
    const answers = worded.flatMap(([gold, pairs]) => pairs.flat().map((answer) => [gold, answer] as const)).filter(([, answer]) => !answer.includes('('));
    fc.assert(fc.property(fc.constantFrom(...answers), fc.constantFrom(...wraps), prose, ([gold, answer], wrap, before) => {
      const plain = grade(`The answer is ${answer}.`, gold);
      expect(grade(`${before}.\n\n${wrap(answer)}`, gold)).toMatchObject({ status: plain.status, normalised: plain.normalised });
      expect(statesAnswer(wrap(answer), gold)).toBe(gold.kind === 'name' ? statesAnswer(`The answer is ${answer}.`, gold) : true); // a synonym of the right name states none
    }), { numRuns: 2000 });
  });
  it('has no answer left where one is taken back, and the one that takes its place, whatever the kind and however the first was stated', () => {
    const answers = worded.flatMap(([gold, pairs]) => pairs.map(([answer], place) => [gold, answer, pairs[(place + 1) % pairs.length]![0]] as const)).filter(([, ...both]) => both.every((answer) => !answer.includes('(')));
    const styles: readonly ((answer: string) => string)[] = [(a) => `The answer is ${a}.`, (a) => `**Answer:** ${a}.`, (a) => `\\boxed{${a}}`, (a) => `The answer is **${a}**.`];
    fc.assert(fc.property(fc.constantFrom(...answers), fc.constantFrom(...styles), fc.constantFrom(' ', '\n', '\n\n'), fc.constantFrom("Wait, that's not right.", 'Scratch that.', "No, that's incorrect.", 'I take that back.', 'I was wrong.'), ([gold, first, second], style, space, turn) => {
      expect(grade(`${style(first)}${space}${turn}`, gold)).toMatchObject({ status: 'none', why: 'no answer' });
      expect(grade(`${style(first)}${space}${turn} It's ${second}.`, gold).normalised).toBe(grade(`The answer is ${second}.`, gold).normalised);
    }));
  });
  it('grades nothing that stands in thinking tags', () => {
    fc.assert(fc.property(anyText.filter((text) => !/[<[◁]/.test(text)), fc.constantFrom(...golds), (thought, gold) => {
      expect(grade(`<think>${thought}</think>`, gold).status).toBe('none');
      expect(grade(`<think>${thought}`, gold)).toMatchObject({ status: 'none', why: 'truncated' });
      expect(grade(`<think>${thought}</think>The answer is B.`, gold)).toEqual(grade('\n\nThe answer is B.', gold));
    }), { numRuns: 1000 });
  });
  it('finds the same letter in every style, whatever prose stands before it', () => {
    const styles: readonly ((letter: string) => string)[] = [(l) => `The answer is ${l}.`, (l) => `The answer is (${l})`, (l) => `**Answer:** ${l}`, (l) => `\\boxed{${l}}`, (l) => `The correct option is ${l})`, (l) => `Final answer: **${l}**`, (l) => `answer: ${l.toLowerCase()}`];
    fc.assert(fc.property(prose, fc.constantFrom(...'ABCDE'), fc.constantFrom(...styles), (before, letter, style) => {
      expect(grade(`${before}.\n\n${style(letter)}`, drugs)).toMatchObject({ status: letter === 'B' ? 'right' : 'wrong', normalised: letter });
    }));
  });
  it('does not change its verdict on a stated choice for prose after it', () => {
    fc.assert(fc.property(fc.constantFrom(...'ABCDE'), prose, (letter, after) => {
      expect(grade(`The answer is ${letter}.\n\n${after}`, drugs).normalised).toBe(letter);
    }), { numRuns: 5000, examples: [['A', 'no B']] });
  });
  it('does not look behind the end of the turn', () => {
    fc.assert(fc.property(fc.constantFrom(...'ABCDE'), fc.constantFrom('<|im_end|>', '<|eot_id|>', '</s>', '<end_of_turn>'), fc.string(), (letter, end, after) => {
      expect(grade(`The answer is ${letter}.${end}${after}`, drugs).normalised).toBe(letter);
    }));
  });
  it('judges a quantity alike in every unit of its dimension', () => {
    const units = [['mg', 1], ['g', 1e-3], ['mcg', 1e3], ['kg', 1e-6], ['µg', 1e3]] as const;
    fc.assert(fc.property(fc.integer({ min: 1, max: 99_999 }), fc.constantFrom(...units), fc.constantFrom(...units), (value, [unit, factor], [goldUnit, goldFactor]) => {
      expect(grade(`The answer is ${value * factor} ${unit}.`, number(value * goldFactor, goldUnit, 0)).status).toBe('right');
      expect(grade(`The answer is ${value * factor * 1.03} ${unit}.`, number(value * goldFactor, goldUnit, 0.02)).status).toBe('wrong');
    }));
  });
  it('reads the thousands of a number as it reads its plain digits', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 999_999_999 }), (value) => {
      expect(grade(`The answer is ${value.toLocaleString('en-US')} mL.`, number(value, 'mL', 0)).status).toBe('right');
    }));
  });
});

describe('hostile text', () => {
  const megabyte = (piece: string) => piece.repeat(Math.ceil(1e6 / piece.length));
  it.each(['(', 'answer is ', 'answer is answer is ', '\\boxed{', 'answer: ((((((', 'B is correct. ', '\n\n \n', '1', 'answer = ', '<think>', '</think>', 'not ', '1 or ', 'GERD, '])('judges a megabyte of %j', (piece) => {
    expect(['none', 'wrong', 'right']).toContain(grade(megabyte(piece), drugs).status);
    if (piece !== '<think>') expect(grade(`${megabyte(piece)}\n\nThe final answer is B.`, drugs)).toMatchObject({ normalised: 'B' });
  });
  it.each([[drugs, 'B'], [yes, 'yes'], [number(5, 'mg'), '5 mg'], [span('5 mg'), '5 mg'], [disease, 'GERD']] as const)('judges a hundred kilobytes of second thoughts about %j', (gold, answer) => {
    for (const piece of ['no, ', 'oh, ', 'Wait, ', "That's not right. ", `So it's ${answer}, `]) expect(['none', 'wrong', 'right']).toContain(grade(`The answer is ${answer}. Wait, let me check. ${piece.repeat(1e5 / piece.length)}`, gold).status);
  });
});
