import type { Gold } from '@slowthink/records';

/** One handwritten output and the verdict it deserves: `right`, `wrong`, `several` (wrong: several answers) or `none`; with the key it meets others under. */
export type Golden = readonly [text: string, verdict: 'right' | 'wrong' | 'several' | 'none', normalised: string];

const choice = (answer: string, ...texts: readonly string[]): Gold => ({ kind: 'choice', answer, options: texts.map((text, index) => ({ letter: String.fromCharCode(65 + index), text })) });

/** A. Aspirin, B. Nitroglycerin, C. Morphine, D. Heparin, E. Propranolol; right: B. */
export const drugs = choice('B', 'Aspirin', 'Nitroglycerin', 'Morphine', 'Heparin', 'Propranolol');
export const germs = choice('C', 'Staphylococcus aureus', 'B. fragilis', 'E. coli', 'Klebsiella pneumoniae', 'Vitamin D deficiency');
export const combined = choice('D', 'Aspirin', 'Aspirin and heparin', 'Heparin', 'Both A and C', 'None of the above');
export const groups = choice('C', 'O', 'AB', 'A', 'B');
export const yes: Gold = { kind: 'yes-no-maybe', answer: 'yes' };
export const no: Gold = { kind: 'yes-no-maybe', answer: 'no' };
export const number = (answer: number, unit: string, tolerance = 0.01): Gold => ({ kind: 'number', answer, unit, tolerance });
