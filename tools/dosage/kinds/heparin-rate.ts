import { defineKind, from } from '../kind.ts';

/** units/kg/h to mL/h from "25000 units in 250 mL". */
export const heparinRate = defineKind({
  name: 'heparin-rate', unit: 'mL/h',
  misconception: 'the units an hour are divided by the mL of the container',
  ranges: { kg: from(10, 110, 5), unitsPerKgH: [8, 10, 12, 14, 15, 16, 18, 20, 22, 24, 25], units: [5000, 10000, 12500, 20000, 25000], ml: [50, 100, 200, 250, 500, 1000] },
  answerRange: [1, 99],
  plausible: ({ units, ml }) => [10, 20, 25, 40, 50, 100, 200, 250].includes(units / ml),
  wordings: [
    '{drug} is ordered at {unitsPerKgH} units/kg/h. The patient weighs {kg} kg. The {cue} holds {units} units in {ml} mL. What is the rate in mL/h?',
    'A patient of {kg} kg is to get {unitsPerKgH} units/kg/h of {drug}. A {cue} of {ml} mL contains {units} units. How many mL/h?',
    'In the {cue} are {units} units of {drug} in {ml} mL. Order: {unitsPerKgH} units/kg/h for {kg} kg. Set the pump to how many mL/h?',
  ],
  drugs: ['heparin', 'unfractionated heparin', 'heparin sodium'],
  cues: [{ words: 'bottle', wrongShare: 0.86 }, { words: 'bag', wrongShare: 0.32 }],
  right: ({ kg, unitsPerKgH, units, ml }, { times, over }) => {
    const hour = times(kg, unitsPerKgH);
    const perMl = over(units, ml);
    const rate = over(hour.value, perMl.value);
    return { steps: [`An hour needs ${hour.text} units.`, `Each mL has ${perMl.text} units.`, `The rate is ${rate.text} mL/h.`], answer: rate.value };
  },
  wrong: ({ kg, unitsPerKgH, ml }, { times, over }) => {
    const hour = times(kg, unitsPerKgH);
    const rate = over(hour.value, ml);
    return { steps: [`An hour needs ${hour.text} units.`, `Divide them by the ${ml} mL.`, `The rate is ${rate.text} mL/h.`], answer: rate.value };
  },
});
