/**
 * What the page does: theme, curves that are shown or not, reference of the forest plot, item browser. Goes into the page by its source; `parts` are the other functions of the page.
 * @param {{ browse: typeof import('./browse.js').browse } & Parameters<typeof import('./browse.js').browse>[0]} parts
 */
export function start(parts) {
  const root = document.documentElement;
  const theme = /** @type {HTMLButtonElement} */ (document.getElementById('theme'));
  const isDark = () => (root.dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  const nameTheme = () => { theme.textContent = isDark() ? 'Light' : 'Dark'; theme.setAttribute('aria-label', isDark() ? 'Light colours' : 'Dark colours'); };
  theme.hidden = false;
  nameTheme();
  theme.addEventListener('click', () => { root.dataset['theme'] = isDark() ? 'light' : 'dark'; nameTheme(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', nameTheme);

  for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[data-curve]'))) {
    const show = () => { for (const group of document.querySelectorAll(`g[data-curve="${box.dataset['curve']}"]`)) group.classList.toggle('off', !box.checked); };
    box.disabled = false;
    box.addEventListener('change', show);
    show(); // a browser may keep a box as it was before the page was loaded again
  }

  const reference = /** @type {HTMLSelectElement | null} */ (document.getElementById('reference'));
  if (reference !== null) {
    const show = () => { for (const table of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-reference]'))) table.hidden = table.dataset['reference'] !== reference.value; };
    reference.disabled = false;
    reference.addEventListener('change', show);
    show();
  }

  const rules = JSON.parse(document.getElementById('rules')?.textContent ?? '[]');
  addEventListener('DOMContentLoaded', () => void parts.browse(parts, rules).catch((error) => {
    const said = document.getElementById('item-count');
    if (said !== null) said.textContent = `The items could not be unpacked: ${error}. This needs a browser of mid-2024 or later; if it is one, the file is damaged: write it again from the results.`;
    console.error(error);
  }));
}
