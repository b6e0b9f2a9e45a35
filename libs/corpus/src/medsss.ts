import { readConversation, type Asked } from './conversation.ts';
import type { RowValues } from './source-row.ts';

/** A row in the form of the MedSSS release: { id, conversations: [{ from: "human", value }, { from: "gpt", value }?], eval: { answer, ... }, answer_idx? }. */
export const isMedsssRow = (values: RowValues): boolean => Array.isArray(values['conversations']);

/**
 * Question, earlier turns, answer and id of a MedSSS row. The last human turn is the question; the gpt turn behind it holds the gold answer and is passed over, so that it never reaches a prompt;
 * human and gpt turns before it are history. The answer is eval.answer, else answer_idx. Throws QUESTION_ROW_INVALID as `readConversation` does.
 */
export function fieldsOfMedsssRow(values: RowValues, where: string): Asked & { readonly answer: unknown; readonly id: unknown } {
  const judged = values['eval'] as { answer?: unknown } | null | undefined;
  return {
    ...readConversation(values['conversations'] as readonly unknown[], 'conversations', where),
    answer: (typeof judged === 'object' ? judged?.answer : undefined) ?? values['answer_idx'], id: values['id'],
  };
}
