import type { TokenizedPrompt } from './text-model.ts';
import type { TokenBytes } from './token-bytes.ts';

const LF = 10;

/**
 * The prompt in the pieces that its keys and values are computed in: the templated messages, then the assistant's prefix cut behind every blank line (the separator of steps), none empty.
 * A function of the prompt alone, and the pieces of a node's steps are the same for all its children and rollouts.
 */
export function canonicalPieces({ ids, messageTokens }: TokenizedPrompt, bytesOf: TokenBytes): readonly (readonly number[])[] {
  const pieces: (readonly number[])[] = [];
  let begin = 0, lineEnds = 0;
  const cut = (end: number) => { if (end > begin) pieces.push(ids.slice(begin, end)); begin = end; };
  cut(messageTokens);
  for (let at = messageTokens; at < ids.length; at++) {
    const bytes = bytesOf[ids[at]!]!;
    if (bytes.length === 0) lineEnds = 0;
    for (const byte of bytes) lineEnds = byte === LF ? lineEnds + 1 : 0;
    if (lineEnds >= 2) cut(at + 1);
  }
  cut(ids.length);
  return pieces;
}
