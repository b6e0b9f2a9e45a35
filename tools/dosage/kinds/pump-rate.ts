import { defineKind, from } from '../kind.ts';

/** mcg/kg/min to mL/h. */
export const pumpRate = defineKind({
  name: 'pump-rate', unit: 'mL/h',
  misconception: 'what is needed in a minute is taken for what is needed in an hour',
  ranges: { kg: from(10, 110, 5), mcgPerKgMin: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10], mcgPerMl: [10, 16, 20, 25, 32, 40, 50, 60, 80, 100, 120, 160, 200, 400, 500, 800, 1000] },
  answerRange: [1, 99],
  wordings: [
    '{drug} is ordered at {mcgPerKgMin} mcg/kg/min for a patient of {kg} kg. The {cue} has {mcgPerMl} mcg per mL. What is the pump rate in mL/h?',
    'A patient of {kg} kg gets {drug}. The {cue} contains {mcgPerMl} mcg in each mL. How many mL/h give {mcgPerKgMin} mcg/kg/min?',
    'Order: {drug} {mcgPerKgMin} mcg/kg/min. Weight {kg} kg. There are {mcgPerMl} mcg in 1 mL of the {cue}. Set the pump to how many mL/h?',
  ],
  drugs: ['dopamine', 'dobutamine', 'norepinephrine', 'epinephrine', 'milrinone', 'nitroprusside', 'phenylephrine', 'esmolol'],
  cues: [{ words: 'drip', wrongShare: 0.72 }, { words: 'infusion', wrongShare: 0.4 }],
  right: ({ kg, mcgPerKgMin, mcgPerMl }, { times, over }) => {
    const minute = times(kg, mcgPerKgMin);
    const hour = times(minute.value, 60);
    const rate = over(hour.value, mcgPerMl);
    return { steps: [`A minute needs ${minute.text} mcg.`, `An hour needs ${hour.text} mcg.`, `The rate is ${rate.text} mL/h.`], answer: rate.value };
  },
  wrong: ({ kg, mcgPerKgMin, mcgPerMl }, { times, over }) => {
    const minute = times(kg, mcgPerKgMin);
    const rate = over(minute.value, mcgPerMl);
    return { steps: [`A minute needs ${minute.text} mcg.`, `Take ${minute.value} mcg for the pump.`, `The rate is ${rate.text} mL/h.`], answer: rate.value };
  },
});
