import { questionMessages } from '@slowthink/prompts';
import type { PairRecord, PreferenceRow } from '@slowthink/records';
import { pairFrame } from './row-frame.ts';
import { solutionText } from './solution-text.ts';

/** A pair of finished chains as TRL's DPOTrainer takes it: the question as turns, chosen and rejected as one turn of the assistant each (arXiv 2501.12051 v4). Both end where an answer ends, so closing the turn is right. */
export function preferenceRow(pair: PairRecord): PreferenceRow {
  const { prompt, chosen, rejected, stepping } = pair;
  const turn = ({ steps }: PairRecord['chosen']) => [{ role: 'assistant', content: solutionText(steps, stepping) }];
  return { prompt: questionMessages(prompt), chosen: turn(chosen), rejected: turn(rejected), ...pairFrame(pair) };
}
