import { defineKind, from } from '../kind.ts';

/** Tablets for some days. */
export const tabletCourse = defineKind({
  name: 'tablet-course', unit: 'tablets',
  misconception: 'one dose a day is counted, however many there are',
  ranges: { mg: [5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 80, 100, 125, 150, 200, 250, 300, 375, 400, 500, 600, 750, 800, 1000], tabletMg: [5, 10, 20, 25, 40, 50, 100, 125, 200, 250, 500], doses: [2, 3, 4], days: [...from(3, 12), 14, 15, 20, 21, 28, 30] },
  answerRange: [3, 360],
  plausible: ({ mg, tabletMg, doses, days }) => [0.5, 1, 1.5, 2, 2.5, 3, 4].includes(mg / tabletMg) && Number.isInteger((mg / tabletMg) * doses * days),
  wordings: [
    '{drug} {mg} mg is taken {doses} times a day for {days} days. How many tablets of {tabletMg} mg make up the whole {cue}?',
    'A patient takes {mg} mg of {drug} {doses} times a day. One tablet has {tabletMg} mg. How many tablets does a {cue} for {days} days need?',
    'Tablets of {drug} have {tabletMg} mg. Dose: {mg} mg, {doses} times a day. How many tablets are in a {cue} of {days} days?',
  ],
  drugs: ['prednisolone', 'metoprolol', 'cefuroxime', 'ibuprofen', 'metformin', 'labetalol', 'carbamazepine', 'captopril', 'baclofen', 'tramadol', 'naproxen'],
  cues: [{ words: 'supply', wrongShare: 0.8 }, { words: 'course', wrongShare: 0.36 }],
  right: ({ mg, tabletMg, doses, days }, { times, over }) => {
    const each = over(mg, tabletMg);
    const day = times(each.value, doses);
    const all = times(day.value, days);
    return { steps: [`A dose is ${each.text} tablets.`, `A day needs ${day.text} tablets.`, `In all ${all.text} tablets.`], answer: all.value };
  },
  wrong: ({ mg, tabletMg, days }, { times, over }) => {
    const each = over(mg, tabletMg);
    const all = times(each.value, days);
    return { steps: [`A dose is ${each.text} tablets.`, `Count it for ${days} days.`, `In all ${all.text} tablets.`], answer: all.value };
  },
});
