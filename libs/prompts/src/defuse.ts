// Text that is data must stay data: what a chat template or its tokenizer reads as a control token is broken up by one space.
// A space and not a zero-width sign, because tokenizers with an NFKC or "nmt" normaliser remove the latter and would mend the token.
// For the same reason every test below is made on the text as such a tokenizer reads it: full-width signs are ASCII there, invisible ones are nothing.

const CONTROL = /[^\P{Cc}\n\t]/gu;
const LINE_END = /\r\n?|[\u0085\u2028\u2029]/g;
/** Zero-width and other invisible characters that join nothing: ASCII, full-width or blank stands on both sides. Between letters of other scripts and in emoji they carry meaning and stay. */
const INVISIBLE = /(?<=^|[\s\u0021-\u007e\uff01-\uff5e\ufe30-\ufe6f])\p{Default_Ignorable_Code_Point}+(?=$|[\s\u0021-\u007e\uff01-\uff5e\ufe30-\ufe6f])/gu;

const PLAIN = /^[\t\n -~]*$/; // nearly every text: nothing to do

/** LF for every kind of line end, no control characters but tabs, no invisible ones in ASCII text. Comes before the others: such a character could hold a token or a mark apart. Idempotent. */
export const plainText = (text: string): string => (PLAIN.test(text) ? text : text.replace(LINE_END, '\n').replace(CONTROL, '').replace(INVISIBLE, ''));

/** The text as a tokenizer with an NFKC normaliser reads it, in lower case. */
const foldText = (text: string): string => (/^[\0-\x7f]*$/.test(text) ? text : text.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '')).toLowerCase();

/** An opening sign and up to 60 visible characters behind it: no control token is longer. */
const OPENING = /[<\uff1c\ufe64[\uff3b\ufe47](?=((?:\p{Default_Ignorable_Code_Point}*\P{Default_Ignorable_Code_Point}){1,60}))/gu;
const CLOSING = /[|\uff5c](?=[>\uff1e\ufe65\]\uff3d\ufe48])/g; // of <|im_end|>, <｜end▁of▁sentence｜>, [|endofturn|]

const SIGNS = /[<\uff1c\ufe64[\uff3b\ufe47|\uff5c]/; // no control token is without one

/** What stands behind the opening sign of a control token: of a family with bars, of one with names, any name with "_" or ":" in it ("start_of_turn", "seed:bos"). */
const ANGLE_TOKEN = /^(?:\||<\/?sys>>|\/?(?:s|bos|eos|pad|unk|mask|cls|sep|eot|eod|eom|sop|eop|think|thinking|thought|endoftext|[a-z0-9]{1,20}(?:[_:][a-z0-9]{0,20}){1,4})>)/;
const BRACKET_TOKEN = /^(?:\||\/?(?:inst|bos|eos|pad|unk|mask|cls|sep|gmask|img|args|think|prefix|suffix|middle|[a-z]{1,20}(?:_[a-z]{1,20}){1,3})\])/;
const SQUARE = /[[\uff3b\ufe47]/;

/** Breaks template tokens with a space: `<|im_end|>` becomes `< |im_end| >`. Idempotent; linear. Wants plain text. */
export function defuseTokens(text: string): string {
  if (!SIGNS.test(text)) return text;
  return text.replace(OPENING, (sign: string, behind: string) => ((SQUARE.test(sign) ? BRACKET_TOKEN : ANGLE_TOKEN).test(foldText(behind)) ? `${sign} ` : sign)).replace(CLOSING, '$& ');
}

const ROLE_LINE = /^\s*(?:#{1,4}\s*)?(?:user|assistant|system|human|gpt|instruction|response)\s*:/; // templates without tokens: "ASSISTANT:"
const SPEAKER_LINE = /^\s*(?:user|assistant|human|gpt|#{1,4}\s*(?:user|assistant|system|human|gpt|instruction|response))\s*:/;

/** Quotes lines that begin like a turn of a plain-text chat ("Assistant:") with "> ". Idempotent. */
export const quoteRoles = (text: string): string => text.split('\n').map((line) => (ROLE_LINE.test(foldText(line.slice(0, 80))) ? `> ${line}` : line)).join('\n');

/** The same for a line of a step, where "System:" and "Response:" are ordinary words unless they are dressed as headings. */
export function quoteSpeaker(line: string): string {
  const head = line.slice(0, 80);
  if (PLAIN.test(head) && !head.includes(':')) return line;
  return SPEAKER_LINE.test(foldText(head)) ? `> ${line}` : line;
}
