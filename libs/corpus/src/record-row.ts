import { FaultError } from '@slowthink/faults';
import { decodeRecord, questionIdOf, type QuestionRecord } from '@slowthink/records';
import { isUnicode } from './is-unicode.ts';
import type { RowValues } from './source-row.ts';

const fields = ['type', 'v', 'id', 'dataset', 'split', 'role', 'attempt', 'prompt', 'gold'] as const satisfies readonly (keyof QuestionRecord)[];

/** A row that is a question record, as "slowthink curriculum" writes them: it names its own data set, split, role, id and gold. */
export const isRecordRow = (values: RowValues): boolean => values['type'] === 'question' && typeof values['prompt'] === 'object' && typeof values['gold'] === 'object' && typeof values['dataset'] === 'string';

/** Whether the row says that its question is of a benchmark. */
export const isBenchmarkRow = (values: RowValues): boolean => isRecordRow(values) && values['role'] === 'benchmark';

/** The id that the row says, for faults that name it; undefined where it says none. */
export const idOfRecordRow = (values: RowValues): string | undefined => (typeof values['id'] === 'string' && values['id'] !== '' ? values['id'] : undefined);

/**
 * The question record of such a row, attempt 1; further columns (right, n, hardness) are passed over. Throws QUESTION_ROW_INVALID that names the field, or an id that is not dataset/split/…;
 * QUESTION_ENCODING (half a surrogate pair).
 */
export function questionOfRecordRow(values: RowValues, where: string): QuestionRecord {
  const row = Object.fromEntries(fields.map((field) => [field, values[field]]));
  let question: QuestionRecord;
  try { question = decodeRecord(JSON.stringify({ ...row, attempt: 1 }), ['question']) as QuestionRecord; } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    throw new FaultError('QUESTION_ROW_INVALID', `The row on ${where} is no question record: ${error.message}`, { cause: error });
  }
  if (!question.id.startsWith(questionIdOf(question.dataset, question.split, ''))) throw new FaultError('QUESTION_ROW_INVALID', `The row on ${where} has the id ${JSON.stringify(question.id.slice(0, 200))}, which does not begin with its data set and split, ${question.dataset}/${question.split}/.`);
  if (!isUnicode(question)) throw new FaultError('QUESTION_ENCODING', `The row on ${where} holds half a surrogate pair: it is no Unicode text.`);
  return question;
}
