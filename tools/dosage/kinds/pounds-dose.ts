import { defineKind, poundsOfWeights } from '../kind.ts';

/** mg/kg per day in equal doses, the weight in pounds. */
export const poundsDose = defineKind({
  name: 'pounds-dose', unit: 'mg',
  misconception: 'pounds are used as if they were kilograms',
  ranges: { pounds: poundsOfWeights, mgPerKg: [2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 15, 16, 18, 20, 21, 24, 25, 27, 30, 32, 36, 40, 45, 50, 60], doses: [2, 3, 4, 6] },
  answerRange: [5, 1000],
  wordings: [
    'A patient weighs {pounds} {cue} (2.2 {cue} are 1 kg). {drug} is ordered at {mgPerKg} mg/kg per day in {doses} equal doses. How many mg is each dose?',
    'Order: {drug} {mgPerKg} mg/kg per day, divided into {doses} equal doses. The patient weighs {pounds} {cue}; 2.2 {cue} are 1 kg. How many mg does one dose hold?',
    'The scale shows {pounds} {cue} (2.2 {cue} = 1 kg). The patient gets {mgPerKg} mg/kg of {drug} a day in {doses} equal doses. How many mg per dose?',
  ],
  drugs: ['amoxicillin', 'cefalexin', 'cefuroxime', 'ampicillin', 'cefotaxime', 'cefixime', 'clindamycin', 'erythromycin', 'aciclovir', 'vancomycin'],
  cues: [{ words: 'lb', wrongShare: 0.74 }, { words: 'pounds', wrongShare: 0.3 }],
  right: ({ pounds, mgPerKg, doses }, { times, over }) => {
    const kg = over(pounds, 2.2);
    const day = times(kg.value, mgPerKg);
    const dose = over(day.value, doses);
    return { steps: [`The weight is ${kg.text} kg.`, `The day needs ${day.text} mg.`, `Each dose is ${dose.text} mg.`], answer: dose.value };
  },
  wrong: ({ pounds, mgPerKg, doses }, { times, over }) => {
    const day = times(pounds, mgPerKg);
    const dose = over(day.value, doses);
    return { steps: [`The weight is ${pounds}.`, `The day needs ${day.text} mg.`, `Each dose is ${dose.text} mg.`], answer: dose.value };
  },
});
