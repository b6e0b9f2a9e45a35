import type { Gold } from '@slowthink/records';

/**
 * One handwritten output and the verdict it deserves: `right`, `wrong`, `several` (wrong: several answers), `none` (no answer) or `truncated` (none: thinking that was cut off);
 * with the key it meets others under.
 */
export type Golden = readonly [text: string, verdict: 'right' | 'wrong' | 'several' | 'none' | 'truncated', normalised: string];

/** An output with the gold it is judged by. */
export type GoldenCase = readonly [gold: Gold, ...golden: Golden];

const choice = (answer: string, ...texts: readonly string[]): Gold => ({ kind: 'choice', answer, options: texts.map((text, index) => ({ letter: String.fromCharCode(65 + index), text })) });

/** A. Aspirin, B. Nitroglycerin, C. Morphine, D. Heparin, E. Propranolol; right: B. */
export const drugs = choice('B', 'Aspirin', 'Nitroglycerin', 'Morphine', 'Heparin', 'Propranolol');
export const germs = choice('C', 'Staphylococcus aureus', 'B. fragilis', 'E. coli', 'Klebsiella pneumoniae', 'Vitamin D deficiency');
export const combined = choice('D', 'Aspirin', 'Aspirin and heparin', 'Heparin', 'Both A and C', 'None of the above');
export const groups = choice('C', 'O', 'AB', 'A', 'B');
/** Four letters whose texts are not known; right: C. */
export const letters = choice('C', '', '', '', '');
export const two = choice('A', 'Yes, at once', 'No, later');
/** A to Z; right: Z. */
export const alphabet = choice('Z', ...Array.from({ length: 26 }, (_, index) => `gene ${index + 1}`));
export const yes: Gold = { kind: 'yes-no-maybe', answer: 'yes' };
export const no: Gold = { kind: 'yes-no-maybe', answer: 'no' };
export const maybe: Gold = { kind: 'yes-no-maybe', answer: 'maybe' };
export const number = (answer: number, unit: string, tolerance = 0.01): Gold => ({ kind: 'number', answer, unit, tolerance });
/** 27.3 kg/m2; right from 25.9 to 28.7, whatever the tolerance. */
export const bmi: Gold = { kind: 'number', answer: 27.3, unit: 'kg/m2', tolerance: 0, lower: 25.9, upper: 28.7 };
export const stage: Gold = { kind: 'text', answer: 'Regional', options: ['In situ', 'Localized', 'Regional', 'Distant', 'Unstaged'] };
export const therapy: Gold = { kind: 'text', answer: 'Surgery and radiotherapy', options: ['Surgery', 'Surgery and radiotherapy', 'Radiotherapy', 'No treatment'] };
/** 0 false, 1 mixture, 2 true; right: 2. */
export const claim: Gold = { kind: 'digit', answer: '2', classes: [{ digit: '0', text: 'false' }, { digit: '1', text: 'mixture' }, { digit: '2', text: 'true' }] };
export const digit: Gold = { kind: 'digit', answer: '1' };
export const span = (answer: string, ...alternatives: readonly string[]): Gold => ({ kind: 'span', answer, ...(alternatives.length > 0 ? { alternatives: [...alternatives] } : {}) });
export const disease: Gold = {
  kind: 'name', answer: 'GERD', alternatives: ['gastroesophageal reflux disease', 'acid reflux'],
  names: ['Bronchitis', 'GERD', 'Pneumonia', 'Panic attack', 'Acute otitis media', 'Chronic rhinosinusitis', 'Acute rhinosinusitis', 'Possible NSTEMI / STEMI', 'Unstable angina', 'Stable angina', 'Pulmonary embolism',
    'Spontaneous pneumothorax', 'Viral pharyngitis', 'URTI', 'Influenza', 'HIV (initial infection)', 'SLE', 'Atrial fibrillation', 'Anemia', 'Boerhaave'],
};
export const entity: Gold = { kind: 'name', answer: '@entity1', names: ['@entity0', '@entity1', '@entity2', '@entity12', '@entity20'] };
/** No list of names is known. */
export const rare: Gold = { kind: 'name', answer: 'Fabry disease', alternatives: ['Anderson-Fabry disease'] };
