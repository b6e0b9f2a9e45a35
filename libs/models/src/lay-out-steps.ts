import { FaultError } from '@slowthink/faults';
import type { Message, ScoreRequest } from './policy.ts';
import type { ScorerRow } from './scorer-row.ts';

/** A trajectory as a scorer reads it. */
export interface LaidOut {
  /** System and user turn; where turns are plain, one user turn that is the beginning of the text. */
  readonly messages: readonly Message[];
  /** Each step with its mark and the separator behind it; joined they are what follows the messages. */
  readonly pieces: readonly string[];
  /** Pieces in front that get no value: Step 0, where it is read. */
  readonly unvalued: number; // 0 or 1
}

/** Text that a step cannot begin with: its own mark is written here. */
const MARK = /^Step \d+:/;

/**
 * "Step 0: …" and so on, where the scorer knows steps as paragraphs without the marks, the separator behind each, the last one too: what scorers are trained on. The marks are those of `joinSteps` in libs/prompts,
 * which an adapter may not import; a test compares them.
 * MODEL_REFUSED: no step, one that carries its mark already, or one that would be cut into two.
 */
export function layOutSteps({ id, question, steps }: ScoreRequest, { separator, mark, markIs, stepping, stepZero, turns, system }: ScorerRow): LaidOut {
  if (steps.length === 0) throw new FaultError('MODEL_REFUSED', `Request ${id} has no steps to score: Step 0 is missing.`, { hint: 'Give the steps from Step 0 on.' });
  const pieces = steps.map((step, k) => {
    const marked = stepping === 'marked' ? `Step ${k}: ${step}` : step;
    if (MARK.test(step)) {
      throw new FaultError('MODEL_REFUSED', `Request ${id}: step ${k} begins with ${JSON.stringify(MARK.exec(step)![0])}.`, { hint: 'Give normalised steps: without their marks.' });
    }
    const around = `${k === 0 ? '' : separator}${marked}${separator}`;
    if (around.indexOf(separator, k === 0 ? 0 : 1) !== around.length - separator.length) {
      throw new FaultError('MODEL_REFUSED', `Request ${id}: step ${k} holds, or runs into, the separator ${JSON.stringify(separator)}, so its end cannot be told.`, {
        hint: 'Give normalised steps: no blank lines, no space at their ends.',
      });
    }
    if (markIs === 'token' && step.includes(mark)) throw new FaultError('MODEL_REFUSED', `Request ${id}: step ${k} holds ${JSON.stringify(mark)}, the token that marks the ends of steps.`, { hint: 'Leave this solution out, or use another scorer.' });
    return marked + separator;
  });
  return {
    messages: turns === 'plain' ? [{ role: 'user', content: `${question} ` }] : [...(system === '' ? [] : [{ role: 'system', content: system } as const]), { role: 'user', content: question }],
    pieces: stepZero === 'kept' ? pieces : pieces.slice(1), unvalued: stepZero === 'kept' ? 1 : 0,
  };
}
