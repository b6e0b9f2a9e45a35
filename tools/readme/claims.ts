// What a text says in numbers, held against what its own commands printed and what the files at hand hold. Text in, findings out.

/** One number, or one line of numbers, of a text. */
export interface Finding {
  readonly line: number; // of the text, from 1; 0: the sentence is gone
  readonly said: string; // as the text has it
  readonly found: string; // as it is
  readonly holds: boolean;
  readonly from: string; // what says so
}

/** A sentence whose numbers come from files: `pattern` takes them, `found` says what they are. */
export interface Sentence {
  readonly pattern: RegExp;
  readonly found: readonly string[];
  readonly from: string;
}

/** The fenced block that stands first behind a text, with the number of its first line; undefined where there is none. */
export function blockBehind(readme: string, text: string): { readonly line: number; readonly lines: readonly string[] } | undefined {
  const lines = readme.split('\n');
  const command = lines.findIndex((line) => line.includes(text));
  const fence = (from: number): number => lines.findIndex((line, at) => at > from && line.startsWith('```'));
  const closed = command < 0 ? -1 : fence(command); // the command's own block ends here
  const begin = closed < 0 ? -1 : fence(closed);
  const end = begin < 0 ? -1 : fence(begin);
  return end < 0 ? undefined : { line: begin + 2, lines: lines.slice(begin + 1, end) };
}

/** How a line is compared: spaces count once, seconds and the folder of the run are left out: they are of the machine and of the moment. */
export const plainLine = (line: string, folder: string): string => line.replaceAll(folder, 'FOLDER').replace(/\b\d+(?:\.\d+)? s\b/gu, 'SECONDS').replace(/\s+/gu, ' ').trim();

/** Every line of a block that is not among the lines a command printed, and every one that is. `folders`: how README.md and the command name the folder of the run. */
export function compareBlock(block: { readonly line: number; readonly lines: readonly string[] }, output: string, folders: { readonly readme: string; readonly command: string }, from: string): readonly Finding[] {
  const printed = output.split('\n');
  const known = new Set(printed.map((line) => plainLine(line, folders.command)));
  return block.lines.map((line, at) => ({ line: block.line + at, text: line })).filter(({ text }) => text.trim() !== '').map(({ line, text }) => {
    const plain = plainLine(text, folders.readme);
    const holds = known.has(plain);
    const begins = plain.split(' ').slice(0, 2).join(' ');
    const near = printed.find((each) => plainLine(each, folders.command).startsWith(begins)) ?? printed.find((each) => plainLine(each, folders.command).startsWith(plain.split(' ')[0]!));
    return { line, said: text.trim(), found: holds ? text.trim() : near?.trim() ?? 'no such line', holds, from };
  });
}

/** Sentences one by one. A sentence that the text no longer has is a finding too: whoever rewords it says here what stands for it. */
export const compareSentences = (readme: string, sentences: readonly Sentence[]): readonly Finding[] => sentences.map(({ pattern, found, from }) => {
  const match = pattern.exec(readme);
  if (match === null) return { line: 0, said: `no sentence like ${pattern.source}`, found: found.join(', '), holds: false, from };
  const numbers = match.slice(1);
  return { line: readme.slice(0, match.index).split('\n').length, said: match[0], found: found.join(', '), holds: numbers.length === found.length && numbers.every((number, at) => number === found[at]), from };
});
