// Which bytes a token adds to a text that is being continued. Tokens may end inside a character, so the text is bytes until it is whole.
import type { JsonObject, WrongFolder } from './model-folder.ts';

/** By token id; a special token, and an id without a token, adds none. */
export type TokenBytes = readonly Uint8Array[];

interface AddedToken { readonly id: number; readonly content: string; readonly special?: boolean }
interface DecoderRow {
  readonly type?: unknown;
  readonly decoders?: unknown;
  readonly pattern?: { readonly String?: unknown };
  readonly content?: unknown;
  readonly start?: unknown;
  readonly stop?: unknown;
  readonly replacement?: unknown;
}

const NONE = new Uint8Array(0);
const utf8 = new TextEncoder();

/**
 * Exact for the decoders ByteLevel (GPT-2 and its heirs) and those of SentencePiece (a sign for the space, bytes as <0x0A>). Space that they strip at the beginning of a text is kept: what is decoded here continues one.
 * MODEL_FOLDER_WRONG: another decoder, whose tokens have no fixed text, or more tokens than the model has logits.
 */
export function tokenBytes(tokenizerJson: JsonObject, vocab: number, wrong: WrongFolder): TokenBytes {
  const textOf = readDecoder(tokenizerJson['decoder'], wrong);
  const bytes = Array.from<Uint8Array>({ length: vocab }).fill(NONE);
  const put = (id: unknown, token: string, value: Uint8Array) => {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) {
      throw wrong(`holds a tokenizer.json in which ${JSON.stringify(token)} has the id ${JSON.stringify(id)}.`, 'Get tokenizer.json again.');
    }
    if (id >= vocab) {
      throw wrong(`holds a tokenizer.json with the token ${JSON.stringify(token)} of id ${id}; the vocab_size of config.json is ${vocab}.`, 'Tokenizer and model belong together: get both from the same place.');
    }
    bytes[id] = value;
  };
  for (const [token, id] of vocabOf(tokenizerJson, wrong)) put(id, token, textOf(token));
  for (const { id, content, special } of (tokenizerJson['added_tokens'] ?? []) as readonly AddedToken[]) put(id, content, special === true ? NONE : utf8.encode(content));
  return bytes;
}

function vocabOf(tokenizerJson: JsonObject, wrong: WrongFolder): readonly (readonly [string, unknown])[] {
  const vocab = (tokenizerJson['model'] as { readonly vocab?: unknown } | undefined)?.vocab;
  if (Array.isArray(vocab)) return vocab.map((entry, id) => [String((entry as readonly unknown[])[0]), id]); // Unigram: [token, score]
  if (typeof vocab === 'object' && vocab !== null) return Object.entries(vocab);
  throw wrong('holds a tokenizer.json without model.vocab.', 'Get tokenizer.json again.');
}

function readDecoder(decoder: unknown, wrong: WrongFolder): (token: string) => Uint8Array {
  const row = (decoder ?? {}) as DecoderRow;
  const rows = row.type === 'Sequence' && Array.isArray(row.decoders) ? row.decoders as readonly DecoderRow[] : [row];
  const unknown = (what: string) => wrong(`has a tokenizer whose decoder is ${what}: the text of its tokens depends on their neighbours.`,
    'Known decoders: ByteLevel, and those of SentencePiece (Metaspace, ByteFallback). For any other use a model server.');
  if (rows.length === 1 && row.type !== 'Sequence' ? row.type === 'ByteLevel' : rows.length > 0 && rows.every(({ type }) => type === 'ByteLevel')) return byteLevel;
  let space: string | undefined, fallback = false;
  for (const { type, pattern, content, start, stop, replacement } of rows) {
    if (type === 'Metaspace') space = typeof replacement === 'string' ? replacement : '\u2581';
    else if (type === 'Replace' && typeof pattern?.String === 'string' && content === ' ' && space === undefined) space = pattern.String;
    else if (type === 'ByteFallback') fallback = true;
    else if (type === 'Strip' && content === ' ' && (start === 0 || start === 1) && stop === 0) continue;
    else if (type !== 'Fuse') throw unknown(typeof type === 'string' ? type : 'missing');
  }
  if (space === undefined) throw unknown('a sequence without a sign for the space');
  const sign = space;
  return (token) => {
    const byte = fallback ? /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1] : undefined;
    return byte === undefined ? utf8.encode(token.replaceAll(sign, ' ')) : Uint8Array.of(Number.parseInt(byte, 16));
  };
}

/**
 * GPT-2's alphabet: printable Latin-1 characters stand for their own byte, the other 68 bytes for U+0100 on, in order.
 * https://github.com/openai/gpt-2/blob/master/src/encoder.py (bytes_to_unicode)
 */
const byteOfSign: ReadonlyMap<string, number> = new Map(Array.from({ length: 256 }, (_, byte) => byte)
  .sort((a, b) => Number(printable(b)) - Number(printable(a)) || a - b)
  .map((byte, at) => [String.fromCodePoint(printable(byte) ? byte : 0x100 + at - 188), byte]));

function printable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
}

function byteLevel(token: string): Uint8Array {
  const bytes: number[] = [];
  for (const sign of token) {
    const byte = byteOfSign.get(sign);
    if (byte === undefined) return utf8.encode(token); // outside the alphabet: plain text
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
