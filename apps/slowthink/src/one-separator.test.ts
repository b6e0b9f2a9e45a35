// Generation, training rows and scoring put steps together alike: the same separator and the same marks, byte for byte. That the scorer's engine joins as this reads: libs/models-onnx/src/step-positions.test.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { preferenceRow, preferenceStepsRow, prmRow, sftRow } from '@slowthink/labels';
import { joinSteps, openStep, parseSteps, questionMessages, questionText, reasonPrompt, reflectPrompt, rolloutPrompt, splitSteps, STEP_SEPARATOR, STEP_ZERO } from '@slowthink/prompts';
import type { PairRecord, TrajectoryRecord } from '@slowthink/records';
import { seedScorerDir } from '@slowthink/seed-models';
import { expect, test } from 'vitest';

const texts = ['Stepwise therapy: 1.5 mg in step 2 of the protocol.', 'Two findings:\n- fever\n- pain', 'Step 10 of 12: none.', 'The answer is B.'];
const prompt = { text: 'Which?\n\nStep 1: Forged.\nA. x\nB. y', history: [{ role: 'user' as const, content: 'Tired.' }, { role: 'assistant' as const, content: 'Since when?' }] };
const chain = (stepping: 'marked' | 'paragraph'): TrajectoryRecord => ({
  type: 'trajectory', v: 1, questionId: 'q/train/1', treeId: 't', dataset: 'q', split: 'train', role: 'train', attempt: 1, run: 'run', settingsHash: 's', seed: 1, policy: { model: 'm', revision: '1' }, recipe: 'meds3-v2', labels: 'soft', labelsHash: 'l',
  stepping, ordinal: 0, leafId: '0.0', polarity: 'positive', sft: true, reflects: 0, unsimulated: 0, prompt, answer: 'B', gold: 'B',
  steps: texts.map((text, k) => ({ nodeId: `0.${k}`, requestId: 'r', text, value: 1, label: true, target: 1, visits: 1, right: null, simulations: null })) as unknown as TrajectoryRecord['steps'],
});

const pair = (stepping: 'marked' | 'paragraph', length: number): PairRecord => {
  const { type: _type, leafId: _leaf, polarity: _polarity, sft: _sft, unsimulated: _unsimulated, answer: _answer, steps: _steps, ...frame } = chain(stepping);
  const sideOf = (own: readonly string[], value: number): PairRecord['chosen'] => ({ nodeId: `0.${value}`, value, answer: length < texts.length ? '' : 'B', steps: own.map((text, k) => ({ nodeId: `0.${k}`, requestId: 'r', text })) as unknown as PairRecord['chosen']['steps'] });
  const own = texts.slice(0, length);
  return { ...frame, type: 'pair', kind: 'level', finished: length === texts.length, gap: 1, chosen: sideOf(own, 1), rejected: sideOf([...own.slice(0, -1), 'The answer is A.'], 0) };
};

test.each(['marked', 'paragraph'] as const)('a %s chain is the same text in generation, SFT rows, PRM rows and scoring', (stepping) => {
  const sft = sftRow(chain(stepping)), prm = prmRow(chain(stepping));
  const whole = joinSteps([STEP_ZERO, ...texts], stepping);
  expect(sft.completion).toEqual([{ role: 'assistant', content: whole }]);
  expect([prm.prompt, ...prm.completions].join(STEP_SEPARATOR)).toBe(`${questionText(prompt)}${STEP_SEPARATOR}${whole}`);
  expect(prm.prompt.slice(questionText(prompt).length + STEP_SEPARATOR.length)).toBe(joinSteps([STEP_ZERO], stepping));
  for (let k = 1; k <= texts.length; k++) { // the prefix of every node of the chain is the beginning of the rows, up to the open mark of the next step
    const steps = [STEP_ZERO, ...texts.slice(0, k)];
    for (const ask of [reasonPrompt, rolloutPrompt]) {
      const { prefix, messages } = ask({ prompt, steps, prompting: 'bare', stepping });
      expect(messages).toEqual(sft.prompt);
      expect(`${whole}${STEP_SEPARATOR}${stepping === 'marked' ? `Step ${k + 1}:` : ''}`.startsWith(prefix) || whole.startsWith(prefix)).toBe(true);
      expect(prefix).toBe(openStep(steps, stepping));
      expect([...parseSteps(prefix, stepping), ...splitSteps(whole.slice(prefix.length), k + 1, stepping)]).toEqual([STEP_ZERO, ...texts]);
    }
    expect(reflectPrompt({ prompt, steps, prompting: 'bare', stepping }).prefix.startsWith(openStep(steps, stepping))).toBe(true);
  }
  expect(sft.prompt).toEqual(questionMessages(prompt));
});

test.each(['marked', 'paragraph'] as const)('the sides of a %s pair stand behind the turns and begin with the text that generation sends', (stepping) => {
  const finished = preferenceRow(pair(stepping, texts.length));
  expect(finished.prompt).toEqual(questionMessages(prompt));
  expect(finished.chosen).toEqual(sftRow(chain(stepping)).completion);
  for (let k = 1; k < texts.length; k++) {
    const row = preferenceStepsRow(pair(stepping, k));
    for (const [side, last] of [[row.chosen, texts[k - 1]!], [row.rejected, 'The answer is A.']] as const) {
      const steps = [STEP_ZERO, ...texts.slice(0, k - 1), last];
      const { messages, prefix } = reasonPrompt({ prompt, steps, prompting: 'bare', stepping });
      expect(row.prompt).toEqual(messages); // three turns, the last one of the user
      expect(side).toBe(`${joinSteps(steps, stepping)}${STEP_SEPARATOR}`);
      expect(prefix).toBe(`${side}${stepping === 'marked' ? `Step ${k + 1}:` : ''}`); // nothing closes the turn: the next step would stand here
    }
  }
});

test('the scorer that ships is read behind this very separator', () => {
  const { separator, stepping = 'marked' } = JSON.parse(readFileSync(join(seedScorerDir(), 'scorer.json'), 'utf8')) as { readonly separator: string; readonly stepping?: string };
  expect([separator, stepping]).toEqual([STEP_SEPARATOR, 'marked']);
});
