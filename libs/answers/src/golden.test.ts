import { describe, expect, it } from 'vitest';
import type { Gold } from '@slowthink/records';
import { combinedOutputs, drugOutputs, germOutputs, groupOutputs } from './golden/choice.ts';
import { combined, drugs, germs, groups, no, yes, type Golden } from './golden/golden.ts';
import { quantityOutputs } from './golden/quantity.ts';
import { noOutputs, yesOutputs } from './golden/yes-no.ts';
import { grade } from './grade.ts';

function judges(gold: Gold, [text, verdict, normalised]: Golden): void {
  it(`judges ${JSON.stringify(text)} as ${verdict}`, () => {
    const graded = grade(text, gold);
    const said = graded.why === 'several answers' ? 'several' : graded.status;
    expect([said, graded.normalised]).toEqual([verdict, normalised]);
    if (graded.status === 'none') expect(graded).toMatchObject({ why: 'no answer', answer: '' });
    else expect(graded.answer).not.toBe('');
  });
}

describe('handwritten outputs', () => {
  describe('a drug out of five', () => drugOutputs.forEach((golden) => judges(drugs, golden)));
  describe('options that look like letters', () => germOutputs.forEach((golden) => judges(germs, golden)));
  describe('options that contain other options', () => combinedOutputs.forEach((golden) => judges(combined, golden)));
  describe('options that are letters', () => groupOutputs.forEach((golden) => judges(groups, golden)));
  describe('yes', () => yesOutputs.forEach((golden) => judges(yes, golden)));
  describe('no', () => noOutputs.forEach((golden) => judges(no, golden)));
  describe('quantities', () => quantityOutputs.forEach(([gold, ...golden]) => judges(gold, golden)));
});
