// Text as the readers want it: one form for each sign that has many, and only the part in which an answer may stand.

const SUPERSCRIPTS = /[⁰¹²³⁴-⁹⁺⁻]+/g;
const VULGAR_FRACTION = /[¼-¾⅐-⅞]/g;
const NARROW_THOUSANDS = /(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))/g;
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;
const TURN_END = /<\|(?:im_end|im_start|eot_id|eom_id|end_of_text|endoftext|end|user|assistant|start_header_id)\|>|<\/s>|<end_of_turn>|\[\/?INST\]/;
const THOUGHT_END = '</think>';

/**
 * The text in Unicode form NFKC with plain minus, micro and fraction signs, without invisible characters; cut at the end of the model's
 * turn and, where a model thinks aloud in tags, begun behind them. Linear in the length of the text.
 */
export function tidyText(text: string): string {
  const turn = TURN_END.exec(text);
  const own = turn !== null && text.slice(0, turn.index).trim() !== '' ? text.slice(0, turn.index) : text;
  const thought = own.lastIndexOf(THOUGHT_END);
  return (thought < 0 ? own : own.slice(thought + THOUGHT_END.length))
    .replace(/\r\n?/g, '\n')
    .replace(SUPERSCRIPTS, (signs) => `^${signs.normalize('NFKC')}`) // NFKC alone makes 103 of 10³
    .replace(VULGAR_FRACTION, (sign) => ` ${sign.normalize('NFKC')}`) // and 11/2 of 1½
    .replace(NARROW_THOUSANDS, '')
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replaceAll('\u2212', '-').replaceAll('\u2044', '/').replaceAll('\u03bc', '\u00b5')
    .replaceAll('\u2018', "'").replaceAll('\u2019', "'").replaceAll('\u201c', '"').replaceAll('\u201d', '"');
}
