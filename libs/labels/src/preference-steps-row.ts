import { questionMessages, STEP_SEPARATOR } from '@slowthink/prompts';
import type { PairRecord, PreferenceStepsRow } from '@slowthink/records';
import { pairFrame } from './row-frame.ts';
import { solutionText } from './solution-text.ts';

/**
 * A pair of which one side at least is unfinished (arXiv 2501.12051 v4, step-level preference): prompt is the question as the turns that generation sends, chosen and rejected are "Step 0: … Step k: …" and the step separator. They
 * are text and no turns of the assistant: a trainer that closed the turn behind them would teach the policy to stop in mid-reasoning. A loader renders the chat template of the turns up to the beginning of the assistant's, appends
 * the text and adds no EOS.
 */
export function preferenceStepsRow(pair: PairRecord): PreferenceStepsRow {
  const { prompt, chosen, rejected, stepping } = pair;
  const open = ({ steps }: PairRecord['chosen']): string => `${solutionText(steps, stepping)}${STEP_SEPARATOR}`;
  return { prompt: questionMessages(prompt), chosen: open(chosen), rejected: open(rejected), ...pairFrame(pair) };
}
