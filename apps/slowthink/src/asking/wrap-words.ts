const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const INVISIBLE = /\p{Mn}|\p{Me}|\p{Cf}/u;

const widthOf = (text: string): number => [...text].reduce((width, sign) => width + (INVISIBLE.test(sign) ? 0 : WIDE.test(sign) ? 2 : 1), 0);

/** Lines of at most `columns` columns, broken at spaces, and inside a word that is longer than a line. Line ends of the text stay; undefined columns: nothing else is broken. */
export function wrapWords(text: string, columns: number | undefined): readonly string[] {
  if (columns === undefined) return text.split('\n');
  return text.split('\n').flatMap((line) => {
    const lines = [''];
    for (const word of line.split(' ')) {
      const last = lines.at(-1)!;
      if (last === '' || widthOf(last) + 1 + widthOf(word) <= columns) lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
      else lines.push(word);
      while (widthOf(lines.at(-1)!) > columns) lines.splice(-1, 1, ...cut(lines.at(-1)!, columns));
    }
    return lines;
  });
}

/** The first signs that fit, one at least, and the rest. */
function cut(word: string, columns: number): readonly [string, string] {
  const signs = [...word];
  let count = 1;
  while (count < signs.length && widthOf(signs.slice(0, count + 1).join('')) <= columns) count++;
  return [signs.slice(0, count).join(''), signs.slice(count).join('')];
}
