import { defineKind, from } from '../kind.ts';

/** Drops a minute for the rest of a bag. */
export const dripRate = defineKind({
  name: 'drip-rate', unit: 'gtt/min',
  misconception: 'the hourly flow is divided by the drop factor',
  ranges: { bagMl: [250, 400, 500, 600, 750, 1000], givenMl: from(10, 700, 10), hours: [1, 2, 3, 4, 5, 6, 8, 10, 12], dropsPerMl: [10, 12, 15, 20, 60] },
  answerRange: [5, 100],
  plausible: ({ bagMl, givenMl, hours, dropsPerMl }) => givenMl < bagMl && Number.isInteger((bagMl - givenMl) / hours) && Number.isInteger(((bagMl - givenMl) / hours) * dropsPerMl / 60),
  wordings: [
    'Of a {bagMl} mL bag of {drug}, {givenMl} mL have run in. The rest is to run over {hours} h. The {cue} gives {dropsPerMl} gtt/mL. What is the rate in gtt/min?',
    '{givenMl} mL of a {bagMl} mL bag of {drug} are given. The rest must be given within {hours} h. The {cue} drips {dropsPerMl} gtt/mL. How many gtt/min?',
    'From {bagMl} mL of {drug}, {givenMl} mL are already given. With a {cue} of {dropsPerMl} gtt/mL, how many gtt/min give the rest in {hours} h?',
  ],
  drugs: ['normal saline', 'Ringer lactate', 'dextrose', 'half saline', 'Hartmann solution', 'Ringer acetate'],
  cues: [{ words: 'tubing', wrongShare: 0.78 }, { words: 'set', wrongShare: 0.28 }],
  right: ({ bagMl, givenMl, hours, dropsPerMl }, { minus, times, over }) => {
    const rest = minus(bagMl, givenMl);
    const hourly = over(rest.value, hours);
    const drops = times(hourly.value, dropsPerMl);
    const rate = over(drops.value, 60);
    return { steps: [`There are ${rest.text} mL left.`, `The flow is ${hourly.text} mL/h.`, `That is ${drops.text} gtt/h.`, `The rate is ${rate.text} gtt/min.`], answer: rate.value };
  },
  wrong: ({ bagMl, givenMl, hours, dropsPerMl }, { minus, over }) => {
    const rest = minus(bagMl, givenMl);
    const hourly = over(rest.value, hours);
    const rate = over(hourly.value, dropsPerMl);
    return { steps: [`There are ${rest.text} mL left.`, `The flow is ${hourly.text} mL/h.`, `Divide it by the drops.`, `The rate is ${rate.text} gtt/min.`], answer: rate.value };
  },
});
