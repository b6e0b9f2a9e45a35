import { defineKind, from } from '../kind.ts';

/** mL of a dose from "250 mg in 5 mL". */
export const vialVolume = defineKind({
  name: 'vial-volume', unit: 'mL',
  misconception: 'what the whole vial holds is taken for what each mL holds',
  ranges: { mg: [...from(10, 100, 5), ...from(110, 300, 10), ...from(320, 600, 20), ...from(650, 1000, 50)], vialMg: [20, 40, 50, 60, 80, 100, 120, 150, 160, 200, 240, 250, 300, 400, 500, 600, 750, 800, 1000], vialMl: [2, 4, 5, 8, 10, 20] },
  answerRange: [0.2, 40],
  plausible: ({ mg, vialMg, vialMl }) => Number.isInteger(vialMg / vialMl) && vialMg / vialMl >= 5 && mg <= 2 * vialMg,
  wordings: [
    'Ordered: {drug} {mg} mg. The {cue} reads {vialMg} mg in {vialMl} mL. How many mL are given?',
    'A patient is to get {mg} mg of {drug}. According to the {cue}, {vialMl} mL contain {vialMg} mg. How many mL hold this dose?',
    'The {cue} of {drug} states {vialMg} mg in {vialMl} mL. How many mL do you draw up for {mg} mg?',
  ],
  drugs: ['gentamicin', 'furosemide', 'ketorolac', 'ondansetron', 'tramadol', 'amikacin', 'ranitidine', 'metoclopramide', 'hydrocortisone', 'phenytoin', 'amiodarone', 'lidocaine'],
  cues: [{ words: 'label', wrongShare: 0.82 }, { words: 'vial', wrongShare: 0.38 }],
  right: ({ mg, vialMg, vialMl }, { over }) => {
    const mgPerMl = over(vialMg, vialMl);
    const ml = over(mg, mgPerMl.value);
    return { steps: [`Each mL has ${mgPerMl.text} mg.`, `Draw up ${ml.text} mL.`], answer: ml.value };
  },
  wrong: ({ mg, vialMg }, { over }) => {
    const ml = over(mg, vialMg);
    return { steps: [`The strength is ${vialMg} mg.`, `Draw up ${ml.text} mL.`], answer: ml.value };
  },
});
