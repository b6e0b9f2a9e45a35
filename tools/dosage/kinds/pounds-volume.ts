import { defineKind, poundsOfWeights } from '../kind.ts';

/** mL of a dose from pounds and a concentration. */
export const poundsVolume = defineKind({
  name: 'pounds-volume', unit: 'mL',
  misconception: 'pounds are used as if they were kilograms',
  ranges: { pounds: poundsOfWeights, mgPerKg: [0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25], mgPerMl: [2, 4, 5, 8, 10, 16, 20, 25, 32, 40, 50, 80, 100] },
  answerRange: [0.5, 40],
  wordings: [
    'A patient weighs {pounds} {cue} (2.2 {cue} are 1 kg). One dose of {drug} is {mgPerKg} mg/kg. There are {mgPerMl} mg in each mL. How many mL is one dose?',
    'Order: {drug} {mgPerKg} mg/kg, once. The patient weighs {pounds} {cue}; 2.2 {cue} are 1 kg. The ampoule has {mgPerMl} mg/mL. How many mL are given?',
    'The scale shows {pounds} {cue} (2.2 {cue} = 1 kg). The patient is to get {mgPerKg} mg/kg of {drug} from a solution of {mgPerMl} mg/mL. How many mL?',
  ],
  drugs: ['paracetamol', 'ibuprofen', 'gentamicin', 'ketamine', 'phenytoin', 'amikacin', 'valproate', 'levetiracetam', 'cefazolin', 'tobramycin'],
  cues: [{ words: 'lb', wrongShare: 0.76 }, { words: 'pounds', wrongShare: 0.34 }],
  right: ({ pounds, mgPerKg, mgPerMl }, { times, over }) => {
    const kg = over(pounds, 2.2);
    const dose = times(kg.value, mgPerKg);
    const ml = over(dose.value, mgPerMl);
    return { steps: [`The weight is ${kg.text} kg.`, `The dose is ${dose.text} mg.`, `Draw up ${ml.text} mL.`], answer: ml.value };
  },
  wrong: ({ pounds, mgPerKg, mgPerMl }, { times, over }) => {
    const dose = times(pounds, mgPerKg);
    const ml = over(dose.value, mgPerMl);
    return { steps: [`The weight is ${pounds}.`, `The dose is ${dose.text} mg.`, `Draw up ${ml.text} mL.`], answer: ml.value };
  },
});
