import { stripVTControlCharacters } from 'node:util';

const wide = /\p{Emoji_Presentation}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|[\u3000-\u303E\uFF01-\uFF60\uFFE0-\uFFE6]/u; // two columns a grapheme (Unicode TR 11)
const noWidth = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Columns a text without control characters takes on a terminal. */
export const widthOf = (text: string): number => graphemesOf(text).reduce((width, grapheme) => width + graphemeWidth(grapheme), 0);

/** One line of at most `columns`: escape sequences removed, other control characters shown as a space, what does not fit cut off with '…'. */
export function fitLine(text: string, columns: number): string {
  const line = stripVTControlCharacters(text).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  if (columns <= 0) return '';
  if (widthOf(line) <= columns) return line;
  let kept = '';
  let width = 0;
  for (const grapheme of graphemesOf(line)) {
    width += graphemeWidth(grapheme);
    if (width > columns - 1) break;
    kept += grapheme;
  }
  return `${kept}…`;
}

/** As many leading parts as fit, joined; the first is always there, cut if need be. Put what matters most first. */
export function fitParts(parts: readonly string[], columns: number, joint = ' · '): string {
  let line = parts[0] ?? '';
  for (const part of parts.slice(1)) {
    const longer = `${line}${joint}${part}`;
    if (widthOf(longer) > columns) break;
    line = longer;
  }
  return fitLine(line, columns);
}

const graphemesOf = (text: string): readonly string[] => (/^[\x20-\x7E]*$/.test(text) ? [...text] : Array.from(new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text), ({ segment }) => segment));
const graphemeWidth = (grapheme: string): number => (noWidth.test(grapheme) ? 0 : wide.test(grapheme) ? 2 : 1);
