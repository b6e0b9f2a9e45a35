/** @typedef {import('../items/item-text.ts').ItemRow} ItemRow */
/** @typedef {import('../items/item-text.ts').ItemText} ItemText */
/** @typedef {import('./matches.ts').ItemFilter} ItemFilter */

/**
 * The item browser: filters, a list of 50 rows at a time, and the item that the address names (#item=ID). Rows are unpacked when the page has loaded, texts when an item is opened.
 * Goes into the page by its source; `parts` are the other functions of the page.
 * @param {{ element: typeof import('./element.js').element, drawItem: typeof import('./draw-item.js').drawItem, verdict: typeof import('./verdict.js').verdict, matches: typeof import('./matches.ts').matches, together: typeof import('./together.ts').together, unpack: typeof import('./unpack.ts').unpack }} parts
 * @param {readonly { name: string, title: string }[]} rules
 */
export async function browse(parts, rules) {
  const { element, matches, unpack } = parts;
  const page = 50; // rows
  const kept = 4; // unpacked blocks of texts
  const section = /** @type {HTMLElement} */ (document.getElementById('items'));
  const form = /** @type {HTMLFormElement} */ (section.querySelector('form'));
  const list = /** @type {HTMLElement} */ (document.getElementById('item-list'));
  const detail = /** @type {HTMLElement} */ (document.getElementById('item-detail'));
  const said = /** @type {HTMLElement} */ (document.getElementById('item-count'));
  const [back, on] = /** @type {HTMLButtonElement[]} */ ([...section.querySelectorAll('[data-page]')]);

  /** @type {ItemRow[]} */
  const rows = [];
  const blocks = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('script[data-texts]')]);
  for (const block of document.querySelectorAll('script[data-rows]')) {
    rows.push(.../** @type {ItemRow[]} */ (await unpack(block.textContent ?? '')));
    block.textContent = '';
  }
  const places = new Map(rows.map(([id], place) => [id, place]));
  /** @type {Map<HTMLElement, Promise<ItemText[]>>} */
  const unpacked = new Map();
  /** @type {number[]} places of the rows that match */
  let found = [];
  let first = 0; // of the page that is shown
  let opened = -1; // place

  /** @param {number} place @returns {Promise<ItemText>} */
  const textOf = async (place) => {
    const block = /** @type {HTMLElement} */ (blocks.findLast((one) => Number(one.dataset['texts']) <= place));
    const texts = unpacked.get(block) ?? /** @type {Promise<ItemText[]>} */ (unpack(block.textContent ?? ''));
    unpacked.delete(block);
    unpacked.set(block, texts); // the latest stands last
    for (const old of unpacked.keys()) if (unpacked.size > kept) unpacked.delete(old);
    return /** @type {ItemText} */ ((await texts)[place - Number(block.dataset['texts'])]);
  };

  /** @returns {ItemFilter} */
  const filter = () => {
    const data = new FormData(form);
    /** @param {string} name @returns {any} */
    const of = (name) => data.get(name) ?? '';
    return { set: of('set'), ruleA: Number(of('ruleA')), outcomeA: of('outcomeA'), ruleB: Number(of('ruleB')), outcomeB: of('outcomeB'), disagree: data.has('disagree'), candidates: of('candidates'), text: of('text') };
  };

  const drawList = () => {
    const { ruleA, ruleB } = filter();
    list.replaceChildren(...found.slice(first, first + page).map((place) => {
      const [id, , question, outcomes, any] = /** @type {ItemRow} */ (rows[place]);
      const marks = [...new Set([ruleA, ruleB])].filter((rule) => rule >= 0).map((rule) => parts.verdict(parts, outcomes[rule] ?? '-', rules[rule]?.title ?? ''));
      return element('li', {}, element('a', { href: `#item=${encodeURIComponent(id)}`, 'aria-current': place === opened && 'true' },
        element('span', { class: 'row-head' }, element('bdi', { class: 'row-id' }, id), element('span', { class: 'row-marks' }, ...marks, element('span', { class: 'row-share' }, `${[...any].filter((one) => one === 'r').length}/${any.length}`, element('span', { class: 'sr' }, ' candidates right')))),
        element('bdi', { class: 'row-question' }, question.slice(0, 160))));
    }));
    const last = Math.min(first + page, found.length);
    said.textContent = found.length === 0 ? 'No item matches.' : `${found.length.toLocaleString('en-US')} of ${rows.length.toLocaleString('en-US')} items${found.length > page ? `, ${(first + 1).toLocaleString('en-US')} to ${last.toLocaleString('en-US')} shown` : ''}`;
    if (back) back.disabled = first === 0;
    if (on) on.disabled = last >= found.length;
  };

  const refilter = () => {
    const wanted = filter();
    found = rows.flatMap((row, place) => (matches(row, wanted) ? [place] : []));
    first = 0;
    drawList();
  };

  /** @param {number} place @param {boolean} focus */
  const open = async (place, focus) => {
    opened = place;
    const at = found.indexOf(place);
    if (at >= 0 && (at < first || at >= first + page)) first = at - at % page;
    drawList();
    try {
      const text = await textOf(place);
      if (opened !== place) return; // another one was opened meanwhile
      const walk = element('div', { class: 'walk' }, ...[['Previous', -1], ['Next', 1]].map(([name, step]) => {
        const button = element('button', { type: 'button', disabled: found[found.indexOf(place) + Number(step)] === undefined || at < 0 }, name);
        button.addEventListener('click', () => go(Number(step)));
        return button;
      }), element('a', { href: '#items', class: 'to-list' }, 'Back to the list'));
      detail.replaceChildren(walk, parts.drawItem(parts, rules, /** @type {ItemRow} */ (rows[place]), text));
      const title = document.getElementById('item-title');
      if (focus) { title?.focus({ preventScroll: true }); detail.scrollIntoView({ block: 'start' }); }
    } catch (error) {
      detail.replaceChildren(element('p', { role: 'alert' }, `The texts of this item could not be unpacked: ${error}. The file may be damaged; write it again from the results.`));
    }
  };

  /** @param {number} step */
  const go = (step) => {
    const at = found.indexOf(opened);
    const place = found[at < 0 ? 0 : at + step];
    if (place !== undefined) location.hash = `item=${encodeURIComponent(/** @type {ItemRow} */ (rows[place])[0])}`;
  };

  const follow = () => {
    if (!location.hash.startsWith('#item=')) return;
    let id = location.hash.slice('#item='.length);
    try { id = decodeURIComponent(id); } catch { /* taken as it stands */ }
    const place = places.get(id);
    if (place === undefined) detail.replaceChildren(element('p', { role: 'alert' }, 'This report has no item ', element('bdi', {}, id), '.'));
    else void open(place, true);
  };

  form.addEventListener('input', refilter);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(refilter)); // the fields change after the event
  back?.addEventListener('click', () => { first -= page; drawList(); });
  on?.addEventListener('click', () => { first += page; drawList(); });
  section.addEventListener('keydown', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, select, textarea')) return;
    if (event.key === 'j' || event.key === 'k') { event.preventDefault(); go(event.key === 'j' ? 1 : -1); return; }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const links = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('a')]);
    const at = links.indexOf(target);
    if (step === 0 || at < 0) return;
    event.preventDefault();
    links[at + step]?.focus();
  });
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('button[data-show]'))) {
    button.disabled = false;
    button.addEventListener('click', () => { // a number of a table: show the items that it counts
      form.reset();
      for (const [name, value] of Object.entries(JSON.parse(button.dataset['show'] ?? '{}'))) /** @type {HTMLSelectElement} */ (form.elements.namedItem(name)).value = String(value);
      refilter();
      section.scrollIntoView();
      said.focus();
    });
  }
  addEventListener('hashchange', follow);
  form.hidden = false;
  refilter();
  section.dataset['ready'] = 'true';
  follow();
}
