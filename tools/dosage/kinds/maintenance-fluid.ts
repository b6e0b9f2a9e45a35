import { defineKind, from } from '../kind.ts';

/** The 4-2-1 rule (Holliday-Segar) less what drug lines give. */
export const maintenanceFluid = defineKind({
  name: 'maintenance-fluid', unit: 'mL/h',
  misconception: '4 mL/h for every kg',
  ranges: { kg: from(12, 80), linesMlPerH: from(2, 30) },
  answerRange: [10, 120],
  wordings: [
    'Order for {cue}: a patient of {kg} kg gets fluid by the 4-2-1 rule. Drug lines already give {linesMlPerH} mL/h of it. How many mL/h of plain fluid are left to give?',
    'What is the hourly {cue} need of a patient of {kg} kg by the 4-2-1 rule, less the {linesMlPerH} mL/h that already come with drugs? Answer in mL/h.',
    'A patient weighs {kg} kg; plan the {cue} fluid. All fluid together follows the 4-2-1 rule; {linesMlPerH} mL/h of it run with drugs. At how many mL/h does the plain fluid run?',
  ],
  drugs: [''],
  cues: [{ words: 'fasting', wrongShare: 0.9 }, { words: 'maintenance', wrongShare: 0.22 }],
  right: ({ kg, linesMlPerH }, { times, plus, minus }) => {
    const ten = times(10, 4);
    const second = times(Math.min(kg - 10, 10), 2);
    const all = kg > 20 ? plus(ten.value, second.value, kg - 20) : plus(ten.value, second.value);
    const left = minus(all.value, linesMlPerH);
    return { steps: [`The first 10 kg need ${ten.text} mL/h.`, `The next ${Math.min(kg - 10, 10)} kg need ${second.text} mL/h.`, `Together ${all.text} mL/h.`, `Left are ${left.text} mL/h.`], answer: left.value };
  },
  wrong: ({ kg, linesMlPerH }, { times, minus }) => {
    const all = times(kg, 4);
    const left = minus(all.value, linesMlPerH);
    return { steps: [`The ${kg} kg need 4 mL/h each.`, `Together ${all.text} mL/h.`, `Left are ${left.text} mL/h.`], answer: left.value };
  },
});
