// Text as the readers want it: one form for each sign that has many.

const SUPERSCRIPTS = /[⁰¹²³⁴-⁹⁺⁻]+/g;
const FRACTIONS: readonly (readonly [sign: string, plain: string])[] = [...'¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞'].map((sign) => [sign, ` ${sign.normalize('NFKC').replace('\u2044', '/')}`]); // NFKC alone makes 11/2 of 1½
const SIGNS: readonly (readonly [sign: string, plain: string])[] = [['\u066b', '.'], ['\u066a', '%'], ['\u2212', '-'], ['\u2044', '/'], ['\u03bc', '\u00b5'], ['\u2018', "'"], ['\u2019', "'"], ['\u201c', '"'], ['\u201d', '"']];
const NARROW_THOUSANDS = /(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))/g;
const INVISIBLE = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
const OTHER_DIGIT = /(?![0-9])\p{Nd}/gu;
const ARABIC_THOUSANDS = /(?<=[0-9])\u066c(?=[0-9])/g;

/**
 * The text in Unicode form NFKC with plain minus, micro and fraction signs, without invisible characters, and with the digits of every script (Arabic-Indic, Devanagari, full-width, …)
 * as 0 to 9. Linear in the length of the text.
 */
export function tidyText(text: string): string {
  const plain = replaced(text, FRACTIONS)
    .replace(/\r\n?/g, '\n')
    .replace(SUPERSCRIPTS, (signs) => `^${signs.normalize('NFKC')}`) // NFKC alone makes 103 of 10³
    .replace(NARROW_THOUSANDS, '')
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(OTHER_DIGIT, digitOf)
    .replace(ARABIC_THOUSANDS, ',');
  return replaced(plain, SIGNS);
}

// Splitting and joining costs the same for each of a million signs; replaceAll does not.
const replaced = (text: string, signs: readonly (readonly [sign: string, plain: string])[]): string => signs.reduce((whole, [sign, plain]) => (whole.includes(sign) ? whole.split(sign).join(plain) : whole), text);

// The ten digits of a script stand in a row, 0 first: the value is how many decimal digits stand right before, to the beginning of the row.
function digitOf(sign: string): string {
  const code = sign.codePointAt(0)!;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value);
}
