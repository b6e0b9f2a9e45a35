// Text that is data must stay data: what a chat template or its tokenizer reads as a control token is broken up by one space.
// A space and not a zero-width sign, because tokenizers with an NFKC or "nmt" normaliser remove the latter and would mend the token.

const BAR_TOKEN = /<(?=[|\uff5c])|(?<=[|\uff5c])(?=>)/g; // <|im_end|>, <|eot_id|>, <｜end▁of▁sentence｜>
const NAMED_TOKEN = /<(?=\/?(?:s|bos|eos|pad|unk|mask|start_of_turn|end_of_turn|start_of_image|think|tool_call|tool_response|endoftext)>)/gi;
const SYSTEM_TOKEN = /<(?=<\/?SYS>>)/gi; // <<SYS>>
const BRACKET_TOKEN = /\[(?=\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|ARGS|THINK)\])/gi;
const ROLE_LINE = /^(?=[ \t]*(?:#{1,4}[ \t]*)?(?:user|assistant|system|human|gpt|instruction|response)[ \t]*:)/gim; // templates without tokens: "ASSISTANT:"

const CONTROL = /[^\P{Cc}\n\t]/gu;
const LINE_END = /\r\n?|[\u0085\u2028\u2029]/g;

/** LF for every kind of line end, no control characters but tabs. Comes before the others: a control character could hold a token apart. */
export const plainText = (text: string): string => text.replace(LINE_END, '\n').replace(CONTROL, '');

/** Breaks template tokens with a space: `<|im_end|>` becomes `< |im_end| >`. Idempotent. */
export function defuseTokens(text: string): string {
  return text.replace(BAR_TOKEN, (sign) => `${sign} `).replace(NAMED_TOKEN, '< ').replace(SYSTEM_TOKEN, '< ').replace(BRACKET_TOKEN, '[ ');
}

/** Quotes lines that begin like a turn of a plain-text chat ("Assistant:") with "> ". Idempotent. */
export const quoteRoles = (text: string): string => text.replace(ROLE_LINE, '> ');
