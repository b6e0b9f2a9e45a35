import { FaultError } from '@slowthink/faults';
import type { ScorerRow } from './scorer-row.ts';
import type { TokenizedPrompt } from './text-model.ts';
import type { TokenBytes } from './token-bytes.ts';

const utf8 = new TextEncoder();

/** The index of the last token of each separator behind `messageTokens`; `undefined` where one ends inside a token, so that no token is its end. */
export function separatorEnds({ ids, messageTokens }: TokenizedPrompt, bytesOf: TokenBytes, separator: string): readonly number[] | undefined {
  const mark = utf8.encode(separator), text: number[] = [], ends: number[] = [];
  for (let at = messageTokens; at < ids.length; at++) {
    for (const [i, byte] of bytesOf[ids[at]!]!.entries()) {
      text.push(byte);
      if (!endsWith(text, mark)) continue;
      if (i < bytesOf[ids[at]!]!.length - 1) return undefined;
      ends.push(at);
    }
  }
  return ends;
}

function endsWith(text: readonly number[], mark: Uint8Array): boolean {
  if (text.length < mark.length) return false;
  return mark.every((byte, i) => text[text.length - mark.length + i] === byte);
}

/** Text that a step cannot begin with: its own mark is written here. */
const MARK = /^Step \d+:/;

/**
 * "Step 0: …" and so on, where the scorer knows steps as paragraphs without the marks, the separator behind each, the last one too: what scorers are trained on. The marks are those of `joinSteps` in libs/prompts,
 * which an adapter may not import; a test compares them.
 * MODEL_REFUSED: no step, one that carries its mark already, or one that would be cut into two.
 */
export function joinForScoring(id: string, steps: readonly string[], { separator, stepping }: Pick<ScorerRow, 'separator' | 'stepping'>): string {
  if (steps.length === 0) throw new FaultError('MODEL_REFUSED', `Request ${id} has no steps to score: Step 0 is missing.`, { hint: 'Give the steps from Step 0 on.' });
  const marked = steps.map((step, k) => (stepping === 'marked' ? `Step ${k}: ${step}` : step));
  for (const [k, step] of marked.entries()) {
    if (MARK.test(steps[k]!)) {
      throw new FaultError('MODEL_REFUSED', `Request ${id}: step ${k} begins with ${JSON.stringify(MARK.exec(steps[k]!)![0])}.`, { hint: 'Give normalised steps: without their marks.' });
    }
    const around = `${k === 0 ? '' : separator}${step}${separator}`;
    if (around.indexOf(separator, k === 0 ? 0 : 1) !== around.length - separator.length) {
      throw new FaultError('MODEL_REFUSED', `Request ${id}: step ${k} holds, or runs into, the separator ${JSON.stringify(separator)}, so its end cannot be told.`, {
        hint: 'Give normalised steps: no blank lines, no space at their ends.',
      });
    }
  }
  return marked.map((step) => step + separator).join('');
}
