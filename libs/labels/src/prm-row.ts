import { markStep, questionText, STEP_SEPARATOR, STEP_ZERO } from '@slowthink/prompts';
import type { PrmRow, TrajectoryRecord } from '@slowthink/records';
import { rowFrame } from './row-frame.ts';

/**
 * A chain of either polarity as TRL's PRMTrainer takes it. prompt = question, blank line, "Step 0: …" as plain text; completions = "Step 1: …" to "Step m: …" without
 * separator (train with step_separator "\n\n"); labels, values and measurements one a completion. Step 0 has no label.
 * prompt and completions joined by the separator are the question and the chain as it was sampled (arXiv 2501.12051 v2, section 3.2, process reward model).
 */
export function prmRow(trajectory: TrajectoryRecord): PrmRow {
  const { prompt, polarity, steps } = trajectory;
  return {
    prompt: `${questionText(prompt)}${STEP_SEPARATOR}${markStep(0)}${STEP_ZERO}`, completions: steps.map(({ text }, place) => `${markStep(place + 1)}${text}`),
    labels: steps.map(({ label }) => label), values: steps.map(({ value }) => value), visits: steps.map(({ visits }) => visits),
    rights: steps.map(({ right }) => right), simulations: steps.map(({ simulations }) => simulations), polarity, ...rowFrame(trajectory),
  };
}
