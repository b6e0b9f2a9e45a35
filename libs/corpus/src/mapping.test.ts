import { expect, test } from 'vitest';
import { checkColumns, fieldOf, mappingText, parseMapping, valueAt } from './mapping.ts';

test('reads columns, several option columns, values for every row and row ids', () => {
  expect(parseMapping('question=stem, answer=eval.answer,options=a|b|c,id:row,kind:number,unit:mg/dL,tolerance:0.05')).toEqual({
    question: { column: 'stem' }, answer: { column: 'eval.answer' }, options: { columns: ['a', 'b', 'c'] },
    id: { literal: 'row' }, kind: { literal: 'number' }, unit: { literal: 'mg/dL' }, tolerance: { literal: '0.05' },
  });
});

test('reads options that are the same for every row, bounds and other wordings', () => {
  expect(parseMapping('question=q,answer=a,options:yes|no,lower=low,upper=high,alternatives=also')).toEqual({
    question: { column: 'q' }, answer: { column: 'a' }, options: { values: ['yes', 'no'] }, lower: { column: 'low' }, upper: { column: 'high' }, alternatives: { column: 'also' },
  });
  expect(fieldOf({}, { values: ['yes', 'no'] })).toEqual(['yes', 'no']);
});

test('reads a comma and a bar in a column name behind a backslash', () => {
  expect(parseMapping('question=Question\\, full,answer=a\\|b')).toEqual({ question: { column: 'Question, full' }, answer: { column: 'a|b' } });
});

test.each([
  'question=stem,answer=eval.answer,options=a|b|c,id:row,kind:number,unit:mg/dL,tolerance:0.05', 'question=q,answer=a,options:yes|no', 'question=Question\\, full|"Which one?",answer=a\\|b',
])('writes the mapping %j as it was read', (text) => { expect(mappingText(parseMapping(text))).toBe(text); });

test.each([
  ['question=a,answr=b', '"answr" in the mapping is no field. Nearest: answer. Fields: question, answer, options, id, kind, unit, tolerance, lower, upper, alternatives.'],
  ['question=a', 'The mapping "question=a" does not say which column is the answer: add answer=COLUMN.'],
  ['question', '"question" in the mapping is not FIELD=COLUMN.'],
  ['question=a,question=b,answer=c', 'The mapping names question twice.'],
  ['question=a,answer=b|c', 'Only options and the question can stand in several columns; the mapping gives 2 for answer.'],
  ['question=a,answer=b,kind:numbr', '"numbr" is no answer kind. Nearest: number. Kinds: choice, choice-from-0, choice-from-1, yes-no-maybe, number, text, span, name, digit, open.'],
  ['question=a,answer=b,id:7', 'An id cannot be the same for every row: write id=COLUMN, or id:row to number the rows.'],
  ['question=a,answer=b,options:yes', 'One option is no choice: write options:FIRST|SECOND, or options=COLUMN.'],
  ['question=a,answer:B', 'The answer cannot be the same for every row: write answer=COLUMN.'],
])('refuses the mapping %j', (text, message) => {
  expect(() => parseMapping(text)).toThrow(expect.objectContaining({ code: 'QUESTION_MAPPING_WRONG', message }));
});

test('takes the column of exactly that name before the dotted path, and nothing of an object\'s prototype', () => {
  expect(valueAt({ 'eval.answer': 1, eval: { answer: 2 } }, 'eval.answer')).toBe(1);
  expect(valueAt({ eval: { answer: 2 }, turns: [{ value: 'x' }] }, 'eval.answer')).toBe(2);
  expect(valueAt({ turns: [{ value: 'x' }] }, 'turns.0.value')).toBe('x');
  expect(valueAt({ eval: {} }, 'eval.toString')).toBeUndefined();
  expect(fieldOf({ a: 'x', b: null }, { columns: ['a', 'b', 'c'] })).toEqual(['x', '', '']);
});

test('names the columns that exist and the nearest', () => {
  expect(() => checkColumns('exam.csv', ['stem', 'anser'], ['stem', 'answer', 'topic'])).toThrow(expect.objectContaining({
    code: 'QUESTION_MAPPING_WRONG', message: 'exam.csv has no column "anser". Nearest: "answer". Columns: stem, answer, topic.',
  }));
  expect(() => checkColumns('exam.json', ['eval.answer'], ['eval'])).not.toThrow();
});
