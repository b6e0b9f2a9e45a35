import { openSource } from './open-source.ts';
import type { RowValues } from './source-row.ts';

/** One line of model outputs, or why it is none. `place`: "outputs.jsonl:12". */
export type OutputLine =
  | { readonly kind: 'output'; readonly id: string; readonly text: string; readonly truncated: boolean; readonly place: string }
  | { readonly kind: 'bad'; readonly message: string; readonly place: string };

/**
 * Model outputs in file order: rows { id, text, truncated? } of JSONL, or of the other formats that questions are read from. Other fields are passed over; a row that is none is an item of kind bad, and the rest goes on.
 * Memory: one row (64 MB at most). Throws QUESTION_FILE_MISSING, QUESTION_FILE_EMPTY, QUESTION_FILE_UNREADABLE.
 */
export async function* readOutputs(path: string, rowBytesMax?: number): AsyncGenerator<OutputLine> {
  const source = await openSource(path, rowBytesMax);
  for await (const { row, where } of source.rows()) {
    const place = `${path}:${where}`;
    if ('fault' in row) yield { kind: 'bad', message: row.fault.message, place };
    else yield outputOf(row.values, place);
  }
}

function outputOf({ id, text, truncated }: RowValues, place: string): OutputLine {
  if (typeof id !== 'string' && typeof id !== 'number' && typeof id !== 'bigint') return { kind: 'bad', message: `The row has no id: ${id === undefined ? 'the field is missing' : JSON.stringify(id)}; a text or number is wanted.`, place };
  if (typeof text !== 'string') return { kind: 'bad', message: `The row of ${JSON.stringify(String(id))} has no text: ${text === undefined ? 'the field is missing' : `it is ${text === null ? 'null' : `a ${typeof text}`}`}.`, place };
  const cut = truncated ?? false;
  if (cut !== true && cut !== false && cut !== 'true' && cut !== 'false' && cut !== '') return { kind: 'bad', message: `The row of ${JSON.stringify(String(id))} has ${JSON.stringify(truncated)} as truncated; true or false is wanted.`, place };
  return { kind: 'output', id: String(id).trim(), text, truncated: cut === true || cut === 'true', place };
}
