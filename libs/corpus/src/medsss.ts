import { readConversation, type Asked } from './conversation.ts';
import type { RowValues } from './source-row.ts';

/** A row in the form of the MedSSS release: { id, conversations: [{ from: "human", value }, { from: "gpt", value }?], eval: { answer, "Lower Limit"?, "Upper Limit"?, ... }, answer_idx? }. */
export const isMedsssRow = (values: RowValues): boolean => Array.isArray(values['conversations']);

/**
 * Question, earlier turns, answer, bounds and id of a MedSSS row. The last human turn is the question; the gpt turn behind it holds the gold answer and is passed over, so that it never reaches a prompt;
 * human and gpt turns before it are history. The answer is eval.answer, else answer_idx; its bounds are the limits beside it, as the file of MedCalc has them. Throws QUESTION_ROW_INVALID as `readConversation` does.
 */
export function fieldsOfMedsssRow(values: RowValues, where: string): Asked & { readonly answer: unknown; readonly lower: unknown; readonly upper: unknown; readonly id: unknown } {
  const given = values['eval'];
  const judged = typeof given === 'object' && given !== null ? given as RowValues : {};
  return {
    ...readConversation(values['conversations'] as readonly unknown[], 'conversations', where),
    answer: judged['answer'] ?? values['answer_idx'], lower: judged['Lower Limit'], upper: judged['Upper Limit'], id: values['id'],
  };
}
