import { defineKind, from } from '../kind.ts';

/** mg/kg per day in equal doses. */
export const dailyDose = defineKind({
  name: 'daily-dose', unit: 'mg',
  misconception: 'the hours between two doses are taken for the number of doses',
  ranges: { kg: [...from(6, 60), ...from(65, 110, 5)], mgPerKg: [2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 20, 24, 25, 30], hours: [4, 6, 8, 12] },
  answerRange: [5, 1000],
  wordings: [
    'A patient weighs {kg} kg. {drug} is ordered at {mgPerKg} mg/kg per day, in equal doses {cue}. How many mg is each dose?',
    'Order: {drug} {mgPerKg} mg/kg per day, divided into equal doses given {cue}. The patient weighs {kg} kg. How many mg does one dose hold?',
    '{drug} is given {cue} in equal doses. The daily dose is {mgPerKg} mg for each kg. How many mg per dose does a patient of {kg} kg get?',
  ],
  drugs: ['amoxicillin', 'cefalexin', 'cefuroxime', 'ampicillin', 'cefotaxime', 'ibuprofen', 'clindamycin', 'erythromycin', 'aciclovir', 'cloxacillin'],
  cues: [{ words: 'every {hours} hours', wrongShare: 0.85 }, { words: 'q{hours}h', wrongShare: 0.35 }],
  right: ({ kg, mgPerKg, hours }, { times, over }) => {
    const day = times(kg, mgPerKg);
    const doses = over(24, hours);
    const dose = over(day.value, doses.value);
    return { steps: [`The day needs ${day.text} mg.`, `There are ${doses.text} doses a day.`, `Each dose is ${dose.text} mg.`], answer: dose.value };
  },
  wrong: ({ kg, mgPerKg, hours }, { times, over }) => {
    const day = times(kg, mgPerKg);
    const dose = over(day.value, hours);
    return { steps: [`The day needs ${day.text} mg.`, `Split it by the ${hours} hours.`, `Each dose is ${dose.text} mg.`], answer: dose.value };
  },
});
