/** @typedef {import('../items/item-text.ts').ItemRow} ItemRow */
/** @typedef {import('../items/item-text.ts').ItemText} ItemText */
/** @typedef {import('../items/item-text.ts').ShownCandidate} ShownCandidate */

/**
 * One item with everything that is known of it, as an element. Goes into the page by its source; `parts` are the other functions of the page.
 * @param {{ element: typeof import('./element.js').element, together: typeof import('./together.ts').together, verdict: typeof import('./verdict.js').verdict }} parts
 * @param {readonly { name: string, title: string }[]} rules
 * @param {ItemRow} row
 * @param {ItemText} text
 * @returns {HTMLElement}
 */
export function drawItem(parts, rules, [id, set, question, outcomes], text) {
  const { element } = parts;
  /** @param {string} outcome */
  const verdict = (outcome) => parts.verdict(parts, outcome, '');
  /** @param {string} model model text on its own: bidirectional controls in it end with it */
  const quoted = (model) => element('bdi', { class: 'quoted' }, model);

  /** @param {number | undefined} value */
  const bar = (value) => {
    if (value === undefined) return element('span', { class: 'step-value none' }, 'not scored');
    const made = element('span', { class: 'step-value' }, element('span', { class: 'step-bar', 'aria-hidden': 'true' }), element('span', {}, element('span', { class: 'sr' }, 'value '), value.toFixed(2)));
    made.style.setProperty('--v', String(value));
    return made;
  };

  /** @param {ShownCandidate} candidate @param {number} index */
  const drawCandidate = (candidate, index) => {
    const choosers = rules.filter((_, rule) => text.chosen[rule] === index).map(({ title }) => title);
    const strip = element('span', { class: 'strip', 'aria-hidden': 'true' }, ...(candidate.values ?? []).map((value) => {
      const cell = element('i');
      cell.style.setProperty('--v', String(value));
      return cell;
    }));
    const least = candidate.values === null || candidate.values.length === 0 ? undefined : Math.min(...candidate.values);
    const made = element('details', { class: 'candidate', 'data-candidate': index },
      element('summary', {},
        element('span', { class: 'number' }, index === -2 ? 'greedy' : `#${index + 1}`), verdict(candidate.outcome),
        element('span', { class: 'answer' }, candidate.answer === '' ? '' : quoted(candidate.answer)), strip,
        element('span', { class: 'costs' }, least === undefined ? '' : `min ${least.toFixed(2)}, last ${candidate.values?.at(-1)?.toFixed(2)}, `, `${candidate.tokens.toLocaleString('en-US')} tokens`),
        choosers.length > 0 && element('span', { class: 'chosen-by' }, 'chosen by ', parts.together(choosers))));
    let drawn = false;
    made.addEventListener('toggle', () => { // steps of 16 candidates are many elements: made when they are looked at
      if (drawn) return;
      drawn = true;
      made.append(
        element('ol', { class: 'steps' }, ...candidate.steps.map((step, at) => element('li', {}, index === -2 && candidate.values === null ? null : bar(candidate.values?.[at]), element('div', { class: 'model-text', dir: 'auto' }, step)))),
        element('p', { class: 'small' }, `seed ${candidate.seed}`, candidate.truncated && ', stopped at the token limit', candidate.unscored !== undefined && `, not scored: ${candidate.unscored}`, candidate.exact !== undefined && `, by the second grader: ${candidate.exact}`));
      if (candidate.steps.length === 0) made.append(element('p', { class: 'small' }, 'The model wrote no step.'));
      if (candidate.reasoning !== undefined) made.append(element('details', { class: 'thought' }, element('summary', {}, 'What the model thought before it answered'), element('div', { class: 'model-text', dir: 'auto' }, candidate.reasoning)));
    });
    return made;
  };

  const candidates = [...(text.greedy === null ? [] : [drawCandidate(text.greedy, -2)]), ...text.candidates.map(drawCandidate)];
  /** @param {number} index */
  const show = (index) => {
    const wanted = candidates.find((one) => one.dataset['candidate'] === String(index));
    if (!(wanted instanceof HTMLDetailsElement)) return;
    wanted.open = true;
    wanted.scrollIntoView({ block: 'nearest' });
    wanted.querySelector('summary')?.focus();
  };
  const choices = element('table', { class: 'choices' },
    element('caption', { class: 'sr' }, 'What each rule chose'),
    element('thead', {}, element('tr', {}, ...['rule', 'chose', 'which is', 'answer'].map((name) => element('th', { scope: 'col' }, name)))),
    element('tbody', {}, ...rules.map(({ title }, rule) => {
      const index = text.chosen[rule] ?? -1;
      const candidate = index === -2 ? text.greedy : text.candidates[index];
      const button = element('button', { type: 'button', class: 'link' }, index === -2 ? 'greedy' : `#${index + 1}`);
      button.addEventListener('click', () => show(index));
      return element('tr', {}, element('th', { scope: 'row' }, title), element('td', {}, index === -1 ? 'nothing' : button), element('td', {}, verdict(outcomes[rule] ?? '-')), element('td', {}, candidate ? quoted(candidate.answer) : ''));
    })));
  const all = element('button', { type: 'button' }, 'Open all');
  all.addEventListener('click', () => {
    const open = candidates.some((one) => !one.hasAttribute('open'));
    for (const one of candidates) one.toggleAttribute('open', open);
    all.textContent = open ? 'Close all' : 'Open all';
  });
  const right = text.candidates.filter(({ outcome }) => outcome === 'r').length;
  return element('div', { class: 'item' },
    element('h3', { tabindex: '-1', id: 'item-title' }, quoted(id)),
    element('p', { class: 'small' }, `Set ${set}. ${right} of ${text.candidates.length} candidates are right.`),
    ...text.history.map(({ role, content }) => element('div', { class: 'turn' }, element('h4', {}, role), element('div', { class: 'model-text', dir: 'auto' }, content))),
    element('h4', {}, 'Question'), element('div', { class: 'model-text question', dir: 'auto' }, question),
    element('p', { class: 'gold' }, element('strong', {}, 'Right answer: '), quoted(text.gold)),
    element('h4', {}, 'What each rule chose'), element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'What each rule chose' }, choices),
    element('div', { class: 'row' }, element('h4', {}, 'Candidates'), all), ...candidates);
}
