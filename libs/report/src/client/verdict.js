/**
 * What a choice came to: a sign and a word, so that colour is not all there is. Of a rule it is a sign whose words are read out and shown on pointing at it.
 * @param {{ element: typeof import('./element.js').element }} parts
 * @param {string} outcome letter of an Outcome
 * @param {string} rule title; '': the word stands beside the sign
 * @returns {HTMLElement}
 */
export function verdict({ element }, outcome, rule) {
  /** @type {Record<string, readonly [sign: string, word: string]>} */
  const known = { r: ['\u2713', 'right'], w: ['\u2717', 'wrong'], n: ['\u2013', 'no answer'], t: ['\u2026', 'cut off'] };
  const [sign, word] = known[outcome] ?? ['', 'not asked'];
  const shown = element('span', { 'aria-hidden': 'true' }, sign);
  const kind = `verdict ${word.replace(' ', '-')}`;
  return rule === '' ? element('span', { class: kind }, shown, ' ', word) : element('span', { class: kind, title: `${rule}: ${word}` }, shown, element('span', { class: 'sr' }, `${rule}: ${word}`));
}
