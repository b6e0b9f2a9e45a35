// Handwritten rows in the shape of the release, both forms of chains, with the hard cases; and a question and a frame to make trees with. No part of the product imports this file.
import type { QuestionRecord } from '@slowthink/records';
import { resolveSearch } from '@slowthink/search';
import type { ImportFrame } from '../index.ts';

export const zero = "Step 0: Let's break down this problem step by step.";

export const question: QuestionRecord = {
  type: 'question', v: 1, id: 'medsss-data/train/17', dataset: 'medsss-data', split: 'train', role: 'train', attempt: 1,
  prompt: { text: 'Chest pain at rest. What helps?\nA. Aspirin\nB. Nitroglycerin' }, gold: { kind: 'choice', answer: 'B', options: [{ letter: 'A', text: 'Aspirin' }, { letter: 'B', text: 'Nitroglycerin' }] },
};

export const frame: ImportFrame = { run: 'run', settingsHash: 'settings', seed: 0, policy: { model: 'medsss-data', revision: 'ab' }, search: resolveSearch('meds3-v2', 'paper', {}), verdicts: 'file', sha256: 'ab'.repeat(32) };

/** A row as the code writes it: two right chains and two wrong ones; the first steps are shared, "Weigh it." has a twin with another value. */
export const tuples = {
  id: 17, question: question.prompt.text, answer: 'B',
  pos: [
    [[zero, 0.5, null], ['Step 1: Look at the heart.', 0.8, 0.7], ['Step 2: Weigh it.', 0.9, 1], ['Step 3: The answer is B.', 1, null]],
    [[zero, 0.5, null], ['Step 1: Look at the heart.', 0.8, 0.7], ['Step 2: Weigh it.', 0.4, 0.2], ['Step 3: So the answer is B.', 1, null]],
  ],
  neg: [
    [[zero, 0.5, null], ['Step 1: Look at the heart.', 0.8, 0.7], ['Step 2: The answer is A.', 0, null]],
    [[zero, 0.5, null], ['Step 1: Look at the lungs.', 0.1, 0.1], ['Step 2: The answer is A.', 0, null]],
  ],
};

/** The same in the form of the first release. */
export const objects = { ...tuples, pos: asObjects(tuples.pos), neg: asObjects(tuples.neg) };

function asObjects(chains: readonly (readonly (readonly unknown[])[])[]): readonly (readonly { readonly step: unknown; readonly value: unknown }[])[] {
  return chains.map((chain) => chain.map(([step, value]) => ({ step, value })));
}
