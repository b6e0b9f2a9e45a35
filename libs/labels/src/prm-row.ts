import { questionText, STEP_SEPARATOR } from '@slowthink/prompts';
import type { PrmRow, TrajectoryRecord } from '@slowthink/records';
import { chainFrame } from './row-frame.ts';
import { stepTexts } from './solution-text.ts';

/**
 * A chain of either polarity as TRL's PRMTrainer takes it. prompt = question, blank line, "Step 0: …" as plain text; completions = "Step 1: …" to "Step m: …" without
 * separator (train with step_separator "\n\n"); labels, targets, values and measurements one a completion. Step 0 has no label.
 * prompt and completions joined by the separator are the question and the chain as it was sampled (arXiv 2501.12051 v2, section 3.2, process reward model).
 */
export function prmRow(trajectory: TrajectoryRecord): PrmRow {
  const { prompt, polarity, steps, stepping } = trajectory;
  const [zero, ...completions] = stepTexts(steps, stepping);
  return {
    prompt: `${questionText(prompt)}${STEP_SEPARATOR}${zero!}`, completions, labels: steps.map(({ label }) => label), targets: steps.map(({ target }) => target), values: steps.map(({ value }) => value),
    visits: steps.map(({ visits }) => visits), rights: steps.map(({ right }) => right), simulations: steps.map(({ simulations }) => simulations), polarity, ...chainFrame(trajectory),
  };
}
