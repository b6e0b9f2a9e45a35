import { isScorerRowName, scorerRowNames, scorerRows, usualRow, type ScorerRow } from '@slowthink/models';
import type { JsonObject, WrongFolder } from './model-folder.ts';

const fields = ['separator', 'mark', 'markIs', 'stepping', 'stepZero', 'turns', 'system', 'head', 'words', 'logits', 'right', 'activation'] as const satisfies readonly (keyof ScorerRow)[];
type Unread = { readonly [Key in keyof ScorerRow]?: unknown };

/** scorer.json: `"row"` names a known format, whose fields the others replace; without it separator, logits, right and activation must stand there. MODEL_FOLDER_WRONG: a field that is missing, unknown or has no meaning. */
export function readScorerRow(json: JsonObject, wrong: WrongFolder): ScorerRow {
  const { scorer, row: name } = json;
  const field = (of: string, must: string) => wrong(`holds a scorer.json whose ${of} is ${JSON.stringify(json[of])}: it must be ${must}.`, 'docs/model-folders.md shows a whole scorer.json.');
  if (scorer !== 1) throw field('scorer', '1, the version of this layout');
  if (name !== undefined && !isScorerRowName(name)) throw field('row', `one of ${scorerRowNames.join(', ')}, or left out`);
  const unknown = Object.keys(json).find((key) => key !== 'scorer' && key !== 'row' && !(fields as readonly string[]).includes(key));
  if (unknown !== undefined) throw wrong(`holds a scorer.json with the field ${JSON.stringify(unknown)}, which is not known here.`, `Known: scorer, row, ${fields.join(', ')}. docs/model-folders.md shows a whole scorer.json.`);

  const base: Unread = name === undefined ? { ...usualRow, separator: undefined, mark: undefined, logits: undefined, right: undefined, activation: undefined } : scorerRows[name];
  const { separator, mark, markIs, stepping, stepZero, turns, system, head, words, logits, right, activation }: Unread = {
    ...base, mark: json['separator'] ?? base.mark ?? base.separator, logits: Array.isArray(json['words']) ? json['words'].length : base.logits, ...Object.fromEntries(fields.filter((key) => json[key] !== undefined).map((key) => [key, json[key]])),
  };

  if (typeof separator !== 'string' || separator === '') throw field('separator', 'a text that stands between steps');
  if (typeof mark !== 'string' || mark === '' || !separator.includes(mark)) throw field('mark', 'a part of the separator');
  if (markIs !== 'text' && markIs !== 'token') throw field('markIs', '"text" or "token", or left out');
  if (stepping !== 'marked' && stepping !== 'paragraph') throw field('stepping', '"marked" or "paragraph", or left out (marked)');
  if (stepZero !== 'kept' && stepZero !== 'left-out') throw field('stepZero', '"kept" or "left-out", or left out (kept)');
  if (turns !== 'chat' && turns !== 'plain') throw field('turns', '"chat" or "plain", or left out (chat)');
  if (typeof system !== 'string') throw field('system', 'a text, or left out');
  if (head !== 'labels' && head !== 'words') throw field('head', '"labels" or "words", or left out (labels)');
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string' && word !== '') || (head === 'words' && words.length === 0)) throw field('words', 'a list of words of the vocabulary, such as [" +", " -"]');
  if (activation !== 'softmax' && activation !== 'sigmoid') throw field('activation', '"softmax" or "sigmoid"');
  if (typeof logits !== 'number' || !Number.isSafeInteger(logits) || logits < (activation === 'softmax' ? 2 : 1)) throw field('logits', activation === 'softmax' ? 'a whole number from 2' : 'a whole number from 1');
  if (head === 'words' && logits !== words.length) throw field('logits', `${words.length}, as many as words, or left out`);
  if (typeof right !== 'number' || !Number.isSafeInteger(right) || right < 0 || right >= logits) throw field('right', `a whole number from 0 to ${logits - 1}`);
  return { separator, mark, markIs, stepping, stepZero, turns, system, head, words: head === 'words' ? words as readonly string[] : [], logits, right, activation };
}
