import { FaultError } from '@slowthink/faults';
import type { RowValues } from './source-row.ts';

/** A row in the form of the MedSSS release: { id, conversations: [{ from: "human", value }, { from: "gpt", value }?], eval: { answer, ... }, answer_idx? }. */
export const isMedsssRow = (values: RowValues): boolean => Array.isArray(values['conversations']);

/**
 * Question, answer and id of a MedSSS row. The one human turn is the question; a gpt turn holds the gold answer and is passed over, so that it never reaches a prompt.
 * The answer is eval.answer, else answer_idx. Throws QUESTION_ROW_INVALID when there is not exactly one human turn with text.
 */
export function fieldsOfMedsssRow(values: RowValues, where: string): { readonly question: string; readonly answer: unknown; readonly id: unknown } {
  const turns = (values['conversations'] as readonly unknown[]).filter((turn): turn is { from: unknown; value: unknown } => typeof turn === 'object' && turn !== null && (turn as { from?: unknown }).from === 'human');
  if (turns.length !== 1) throw new FaultError('QUESTION_ROW_INVALID', `The row on ${where} has ${turns.length} human turns in "conversations"; one is wanted.`);
  const question = turns[0]!.value;
  if (typeof question !== 'string') throw new FaultError('QUESTION_ROW_INVALID', `The human turn of the row on ${where} has no text in "value".`);
  const judged = values['eval'] as { answer?: unknown } | null | undefined;
  return { question, answer: (typeof judged === 'object' ? judged?.answer : undefined) ?? values['answer_idx'], id: values['id'] };
}
