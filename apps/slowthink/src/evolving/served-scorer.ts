import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { isScorerRowName, scorerRowNames, scorerRows, usualRow, type ScorerRow } from '@slowthink/models';

/**
 * What --scorer is to say of a trained scorer: what serving gave, and, for a server, the row by which its numbers are read, as scorer.json beside the weights has it; whether a server gives values or logits follows from the row.
 * SERVING_FAILED: no row reads a scorer so.
 */
export function servedScorer(served: string, folder: string): string {
  if (!served.startsWith('openai:')) return served;
  const path = join(folder, 'scorer.json');
  let json: { readonly [field: string]: unknown };
  try { json = JSON.parse(readFileSync(path, 'utf8')) as typeof json; } catch (cause) { throw new FaultError('SERVING_FAILED', `${path} cannot be read: ${(cause as Error).message}.`, { cause, hint: 'A step scorer has it beside its weights (docs/model-folders.md).' }); }
  const { scorer: _version, row: named, ...fields } = json;
  const base: ScorerRow = isScorerRowName(named) ? scorerRows[named] : usualRow;
  const wanted: { readonly [field: string]: unknown } = { ...base, mark: fields['separator'] ?? base.mark, ...fields };
  const row = scorerRowNames.find((name) => Object.keys(wanted).every((field) => JSON.stringify(wanted[field]) === JSON.stringify(scorerRows[name][field as keyof ScorerRow])));
  if (row === undefined) throw new FaultError('SERVING_FAILED', `${path} reads a scorer as no row of --scorer does: ${JSON.stringify(json)}.`, { hint: 'Ask it inside the process: --scorer-serving embedded.' });
  return `${served}&row=${row}`;
}
