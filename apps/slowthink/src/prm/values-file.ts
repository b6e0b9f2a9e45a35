// The values that were had so far, one line a chain, so that a command that was stopped goes on where it was.
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { FaultError } from '@slowthink/faults';
import type { PolicyIdentity, ScoreReply } from '@slowthink/models';

export interface ValuesFile {
  /** What stood in the file when it was opened, by key. */
  readonly known: ReadonlyMap<string, ScoreReply>;
  /** Written at once: what was paid for is not lost. DISK_FAILED. */
  add(key: string, reply: ScoreReply): void;
  close(): void;
}

interface Head { readonly values: 1; readonly scorer: PolicyIdentity }
interface Line { readonly key: string; readonly scored: readonly number[]; readonly usage: ScoreReply['usage'] }

/**
 * Opens or begins the file of a scorer: the first line names it, each other line holds the values of one chain. A last line that was cut off by a kill is taken away.
 * SETTING_INVALID: a file of another scorer, or none of these. DISK_READ_ONLY: it cannot be written.
 */
export function openValuesFile(path: string, scorer: PolicyIdentity): ValuesFile {
  const known = new Map<string, ScoreReply>();
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '', whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const [first, ...lines] = whole.split('\n').filter((line) => line !== '');
  if (first !== undefined) checkHead(first, path, scorer);
  else if (text !== '' && !`${JSON.stringify({ values: 1, scorer })}\n`.startsWith(text)) throw foreign(path);
  for (const line of lines) {
    const { key, scored, usage } = parse<Line>(line, path);
    known.set(key, { values: scored, usage });
  }
  let file: number;
  try {
    file = openSync(path, 'a+');
    if (fstatSync(file).size > Buffer.byteLength(whole)) ftruncateSync(file, Buffer.byteLength(whole));
  } catch (cause) { throw new FaultError('DISK_READ_ONLY', `${path} cannot be written: ${(cause as Error).message}.`, { cause, hint: 'Give --out a file in a folder that can be written.' }); }
  const write = (value: Head | Line): void => {
    try { writeSync(file, `${JSON.stringify(value)}\n`); } catch (cause) { throw new FaultError('DISK_FAILED', `${path} cannot be written: ${(cause as Error).message}.`, { cause, hint: 'Free some space and type the command again: it goes on where it was.' }); }
  };
  if (first === undefined) write({ values: 1, scorer });
  return { known, add: (key, { values, usage }) => write({ key, scored: values, usage }), close: () => closeSync(file) };
}

const foreign = (path: string): FaultError => new FaultError('SETTING_INVALID', `${path} is in the way: it holds no values of an earlier evaluate-prm.`, { hint: 'Give another --out, or move that file away; nothing in it was touched.' });

function parse<Value>(line: string, path: string): Value {
  try { return JSON.parse(line) as Value; } catch { throw foreign(path); }
}

function checkHead(line: string, path: string, { model, revision }: PolicyIdentity): void {
  const head = parse<Partial<Head> | null>(line, path);
  if (head?.values !== 1 || head.scorer === undefined) throw foreign(path);
  if (head.scorer.model !== model || head.scorer.revision !== revision) {
    throw new FaultError('SETTING_INVALID', `${path} holds values of the scorer ${head.scorer.model}@${head.scorer.revision}; now it is ${model}@${revision}.`, { hint: 'Give another --out, or the scorer that it began with.' });
  }
}
