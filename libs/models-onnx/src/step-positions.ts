import type { ScorerRow } from '@slowthink/models';
import type { TextModel, TokenizedPrompt } from './text-model.ts';
import type { TokenBytes } from './token-bytes.ts';

const utf8 = new TextEncoder();

/**
 * The index of the token that holds the last byte of the mark of each separator behind `messageTokens`; `undefined` where a mark ends inside a token, so that no token is its end. `behindMark`: bytes of the
 * separator that follow its mark.
 */
export function separatorEnds({ ids, messageTokens }: TokenizedPrompt, bytesOf: TokenBytes, separator: string, behindMark = 0): readonly number[] | undefined {
  const sought = utf8.encode(separator), text: number[] = [], tokenOf: number[] = [], lastOf: boolean[] = [], ends: number[] = [];
  for (let at = messageTokens; at < ids.length; at++) {
    const bytes = bytesOf[ids[at]!]!;
    for (const [i, byte] of bytes.entries()) {
      text.push(byte); tokenOf.push(at); lastOf.push(i === bytes.length - 1);
      if (!endsWith(text, sought)) continue;
      const end = text.length - 1 - behindMark;
      if (!lastOf[end]!) return undefined;
      ends.push(tokenOf[end]!);
    }
  }
  return ends;
}

function endsWith(text: readonly number[], mark: Uint8Array): boolean {
  if (text.length < mark.length) return false;
  return mark.every((byte, i) => text[text.length - mark.length + i] === byte);
}

/** Finds where the values of a row's steps are read: the positions of all marks in a tokenized trajectory; undefined where one has no place. */
export type FindMarks = (tokens: TokenizedPrompt) => readonly number[] | undefined;

/** How the marks of a row are found with a tokenizer; undefined where it has no token for a mark that must be one. */
export function findMarks({ separator, mark, markIs }: ScorerRow, text: TextModel): FindMarks | undefined {
  const behind = separator.slice(separator.indexOf(mark) + mark.length);
  if (markIs === 'text') return (tokens) => separatorEnds(tokens, text.bytesOf, separator, utf8.encode(behind).length);
  const id = text.tokenOf(separator.slice(0, separator.length - behind.length), mark);
  return id === undefined ? undefined : ({ ids, messageTokens }) => ids.flatMap((one, at) => (at >= messageTokens && one === id ? [at] : []));
}
