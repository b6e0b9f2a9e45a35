import { questionMessages } from '@slowthink/prompts';
import type { SftRow, TrajectoryRecord } from '@slowthink/records';
import { chainFrame } from './row-frame.ts';
import { solutionText } from './solution-text.ts';

/**
 * A positive chain as TRL's SFTTrainer takes it: the question as the user's turn, the whole chain "Step 0: …\n\nStep 1: …" as one turn of the assistant.
 * min_value ranks chains (arXiv 2501.12051 v2, section 3.2, policy training; keep-top-k by the minimum over steps >= 1):
 *
 *   min_value = min_{k >= 1} v_k
 */
export function sftRow(trajectory: TrajectoryRecord): SftRow {
  const { prompt, steps, stepping } = trajectory;
  return { prompt: questionMessages(prompt), completion: [{ role: 'assistant', content: solutionText(steps, stepping) }], min_value: Math.min(...steps.map(({ value }) => value)), ...chainFrame(trajectory) };
}
