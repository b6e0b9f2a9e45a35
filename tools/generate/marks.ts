/** Lines that begin and end a generated piece of a Markdown file. What stands outside is written by hand and never touched. */
export const markOf = (name: string): { readonly begin: string; readonly end: string } => ({ begin: `<!-- generated:${name} -->`, end: `<!-- /generated:${name} -->` });

/** The text with everything between the marks of `name` replaced by `body`. Throws an Error that names the mark when it is missing, stands twice, or is not closed; text outside the marks stays byte for byte. */
export function replaceBetweenMarks(text: string, name: string, body: string): string {
  const { begin, end } = markOf(name);
  const from = placeOf(text, begin);
  const to = placeOf(text, end);
  if (to < from) throw new Error(`${end} stands before ${begin}`);
  return `${text.slice(0, from + begin.length)}\n${body.trim()}\n${text.slice(to)}`;
}

function placeOf(text: string, mark: string): number {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`the line ${mark} is missing`);
  if (text.indexOf(mark, at + mark.length) >= 0) throw new Error(`the line ${mark} stands twice`);
  return at;
}
