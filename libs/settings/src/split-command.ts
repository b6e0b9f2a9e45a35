import { FaultError } from '@slowthink/faults';

/** Where a command stands, for messages: what is typed before it (`--grader "command:`), and how it is written. */
export interface CommandPlace { readonly before: string; readonly hint: string }

/**
 * Program and arguments of a setting that holds a command. A text that begins with "[" is a JSON list of texts. Any other is cut at white space; what stands in single or double quotes stays together, and
 * nothing else means anything: no escapes, variables, patterns or pipes, since no shell reads it. SETTING_INVALID.
 */
export function splitCommand(text: string, { before, hint }: CommandPlace): readonly string[] {
  const wrong = (why: string) => new FaultError('SETTING_INVALID', `${before}${text}": ${why}`, { hint });
  const argv = text.trimStart().startsWith('[') ? parseList(text, wrong) : cutWords(text, wrong);
  if (argv[0] === undefined || argv[0] === '') throw wrong(`the program is missing after "${before.slice(before.indexOf('"') + 1)}".`);
  if (argv.some((part) => part.includes('\0'))) throw wrong('a part holds the character NUL.');
  return argv;
}

function parseList(text: string, wrong: (why: string) => FaultError): readonly string[] {
  let value: unknown;
  try { value = JSON.parse(text); } catch { throw wrong('it begins like a JSON list and is none.'); }
  if (!Array.isArray(value) || !value.every((part) => typeof part === 'string')) throw wrong('the JSON list holds something that is no text.');
  return value;
}

function cutWords(text: string, wrong: (why: string) => FaultError): readonly string[] {
  const argv: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (const sign of text) {
    if (quote !== undefined) {
      if (sign === quote) quote = undefined; else word += sign;
    } else if (sign === '"' || sign === "'") {
      quote = sign;
      word ??= '';
    } else if (/\s/.test(sign)) {
      if (word !== undefined) argv.push(word);
      word = undefined;
    } else word = (word ?? '') + sign;
  }
  if (quote !== undefined) throw wrong(`a quote (${quote}) is not closed.`);
  return word === undefined ? argv : [...argv, word];
}
