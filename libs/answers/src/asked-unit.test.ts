import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { askedUnit } from './asked-unit.ts';

it.each([
  ['Give 5 mg/kg to a child of 20 kg. How many mg is each dose?', 'mg'], ['How many mg per dose does a patient of 20 kg get?', 'mg'], ['Set the pump to how many mL/h?', 'mL/h'], ['How many mL/h of plain fluid are left to give?', 'mL/h'],
  ['What is the rate in gtt/min?', 'gtt/min'], ['The bag runs 8 h. How fast? Answer in mL/h.', 'mL/h'], ['How many tablets are in a course of 7 days?', 'tablets'], ['What is the dose in mg/kg?', 'mg/kg'], ['How many mg per kg is that?', 'mg per kg'],
])('reads the unit out of %j: %j', (question, unit) => expect(askedUnit(question)).toBe(unit));

it.each(['How many valves does the heart have?', 'How many times a day is it given?', 'Blood flows through the heart. how many chambers are there'])('asks for a bare number in %j', (question) => expect(askedUnit(question)).toBe(''));

it.each(['How to stop a cough?', 'What is expected in days?', 'What is given in CAP?', 'What helps in a man of 45?', 'He smokes; how many packs is not known. What helps?', 'How much is too much?', 'A drug is given in mg.', ''])(
  'asks for no number in %j, as far as its words tell', (question) => expect(askedUnit(question)).toBeUndefined());

it('knows the unit of every dosage question', () => {
  const rows = ['train', 'dev', 'test'].flatMap((split) => readFileSync(new URL(`../../../datasets/dosage/${split}.jsonl`, import.meta.url), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { question: string; unit: string }));
  expect(rows).toHaveLength(3200);
  expect(rows.filter(({ question, unit }) => askedUnit(question) !== unit)).toEqual([]);
});
