import type { Candidate, VerdictsRecord } from '@slowthink/records';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReport, startBrowser, type OpenReport } from './testing/browser.ts';
import { contrastsOf } from './testing/contrasts.ts';
import { exampleRecords, smallExample } from './testing/example-records.ts';
import { reportOf } from './testing/report-of.ts';

const records = [...exampleRecords({ ...smallExample, items: 120, sets: ['medqa', 'pubmedqa', 'seer'] })];
let browser: Browser;
let text: string;
beforeAll(async () => { browser = await startBrowser(); text = await reportOf(records); });
afterAll(() => browser.close());

async function using(given: Parameters<typeof openReport>[2], work: (report: OpenReport) => Promise<void>, page = text): Promise<void> {
  const report = await openReport(browser, page, given);
  try {
    await work(report);
    expect(report.said).toEqual([]);
    expect(report.asked).toEqual([]);
  } finally { await report.close(); }
}
const right = (record: VerdictsRecord): number => record.candidates.filter(({ verdict }) => verdict.status === 'right').length;

describe('the report in a browser', () => {
  it('opens without a word on the console and without asking for anything', () => using({}, async ({ page }) => {
    expect(await page.title()).toBe('example-policy with scorer example-scorer - evaluation');
    expect(await page.textContent('#item-count')).toBe('120 of 120 items, 1 to 50 shown');
    expect(await page.locator('#item-list li').count()).toBe(50);
  }));

  it('may not use the network even if it wanted to', async () => {
    const report = await openReport(browser, text);
    expect(await report.page.evaluate(() => fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused'))).toBe('refused');
    expect(await report.page.evaluate(() => new Promise((done) => { const image = document.createElement('img'); image.onerror = () => done('refused'); image.onload = () => done('loaded'); image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='; document.body.append(image); }))).toBe('refused');
    expect(report.said.join('\n')).toContain('Content Security Policy');
    await report.close();
  });

  it('filters by set, by what a rule came to, by candidates, by disagreement and by words, and says how many are left', () => using({}, async ({ page }) => {
    const count = async (): Promise<number> => Number(/^(\d+) of 120|No item/.exec((await page.textContent('#item-count'))!)![1] ?? 0);
    await page.selectOption('select[name=set]', 'seer');
    expect(await count()).toBe(40);
    expect(await page.locator('#item-list li bdi.row-id').allTextContents()).toEqual(records.filter(({ item }) => item.dataset === 'seer').map(({ item }) => item.id));
    await page.click('button[type=reset]');
    await expect.poll(count).toBe(120);
    await page.selectOption('select[name=candidates]', 'all right');
    expect(await count()).toBe(records.filter((record) => right(record) === 4).length);
    await page.selectOption('select[name=candidates]', 'none right');
    expect(await count()).toBe(records.filter((record) => right(record) === 0).length);
    await page.selectOption('select[name=candidates]', '');
    await page.selectOption('select[name=ruleA]', { label: 'greedy' });
    await page.selectOption('select[name=outcomeA]', 'r');
    const greedyRight = records.filter(({ greedy }) => greedy!.verdict.status === 'right').length;
    expect(await count()).toBe(greedyRight);
    await page.selectOption('select[name=ruleB]', { label: 'greedy' });
    await page.check('input[name=disagree]');
    expect(await count()).toBe(0); // a rule does not disagree with itself
    expect(await page.locator('#item-list li').count()).toBe(0);
    await page.click('button[type=reset]');
    await page.fill('input[name=text]', 'SEER/test/119');
    expect(await page.locator('#item-list bdi.row-id').allTextContents()).toEqual(['seer/test/119']);
  }));

  it('shows the items that a number of the forest plot counts', () => using({}, async ({ page }) => {
    const button = page.locator('[data-reference]:not([hidden]) button[data-show]').first();
    const counted = Number(await button.textContent());
    expect(counted).toBeGreaterThan(0);
    await button.click();
    expect(await page.textContent('#item-count')).toMatch(new RegExp(`^${counted} of 120 items`));
  }));

  it('turns pages of the list', () => using({}, async ({ page }) => {
    await page.click('[data-page=on]');
    await page.click('[data-page=on]');
    expect(await page.locator('#item-list li').count()).toBe(20);
    expect(await page.isDisabled('[data-page=on]')).toBe(true);
    await page.click('[data-page=back]');
    expect(await page.textContent('#item-list li bdi.row-id')).toBe(records[50]!.item.id);
  }));

  it('opens the item that the address names, on the page of the list where it stands, with the focus on its name', () => using({ hash: `#item=${encodeURIComponent('seer/test/80')}` }, async ({ page }) => {
    await page.waitForSelector('#item-title');
    expect(await page.textContent('#item-title')).toBe('seer/test/80');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('item-title');
    expect(await page.textContent('#item-list a[aria-current] bdi.row-id')).toBe('seer/test/80');
    const record = records[80]!;
    expect(await page.textContent('.question')).toBe(record.item.prompt.text);
    expect(await page.textContent('.item > .small')).toBe(`Set seer. ${right(record)} of 4 candidates are right.`);
    await page.click('details[data-candidate="1"] summary');
    await page.waitForSelector('details[data-candidate="1"] ol.steps');
    expect(await page.locator('details[data-candidate="1"] .model-text').allTextContents()).toEqual(record.candidates[1]!.steps);
    expect(await page.locator('details[data-candidate="1"] .step-value').allTextContents()).toEqual(record.candidates[1]!.values!.map((value) => `value ${value.toFixed(2)}`));
  }));

  it('says so where the address names no item', () => using({ hash: '#item=nowhere%' }, async ({ page }) => {
    expect(await page.textContent('#item-detail [role=alert]')).toBe('This report has no item nowhere%.');
  }));

  it('is walked by keys: arrows in the list, Enter opens, j and k go on and back', () => using({}, async ({ page }) => {
    await page.focus('#item-list a');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const title = () => page.locator('#item-title').textContent();
    await expect.poll(title).toBe(records[1]!.item.id);
    await page.keyboard.press('j');
    await expect.poll(title).toBe(records[2]!.item.id);
    await page.keyboard.press('k');
    await expect.poll(title).toBe(records[1]!.item.id);
    await page.focus('input[name=text]');
    await page.keyboard.press('j');
    expect(await page.inputValue('input[name=text]')).toBe('j'); // in a field a letter is a letter
    await expect.poll(title).toBe(records[1]!.item.id);
  }));

  it('hides and shows curves, and compares with another reference', () => using({}, async ({ page }) => {
    const visible = () => page.locator('g[data-curve="1"]:visible').count();
    expect(await visible()).toBeGreaterThan(0);
    await page.uncheck('input[data-curve="1"]');
    expect(await visible()).toBe(0);
    await page.selectOption('#reference', 'greedy');
    expect(await page.locator('[data-reference]:visible caption').allTextContents()).toEqual(['Differences to greedy']);
  }));

  it('is dark where the system is, and the other way round on request', () => using({ colorScheme: 'dark' }, async ({ page }) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await paper()).toBe('rgb(22, 24, 27)');
    await page.click('#theme');
    expect(await paper()).toBe('rgb(252, 252, 250)');
    expect(await page.textContent('#theme')).toBe('Dark');
  }));

  it.each(['light', 'dark'] as const)('has letters of 4.5:1 and more against what is behind them, in %s', (colorScheme) => using({ colorScheme, hash: `#item=${encodeURIComponent(records[0]!.item.id)}` }, async ({ page }) => {
    await page.waitForSelector('#item-title');
    await page.click('details.candidate summary');
    await page.evaluate(() => { for (const one of document.querySelectorAll('details')) one.open = true; });
    const contrasts = await contrastsOf(page);
    expect(contrasts.length).toBeGreaterThan(200);
    expect(contrasts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
  }));

  it('has names for all that can be used, one main heading, and no heading that skips a level', () => using({ hash: `#item=${encodeURIComponent(records[0]!.item.id)}` }, async ({ page }) => {
    await page.waitForSelector('#item-title');
    const unnamed = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('button, a, select, input, summary, [role=region], [role=img]')].filter((one) => {
      const labels = (one as HTMLInputElement).labels;
      const names = [one.getAttribute('aria-label'), ...[...labels ?? []].map(({ textContent }) => textContent), one.matches('select, input') ? '' : one.textContent];
      return !names.some((name) => (name ?? '').trim() !== '');
    }).map(({ outerHTML }) => outerHTML.slice(0, 200)));
    expect(unnamed).toEqual([]);
    const levels = await page.evaluate(() => [...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName[1])));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels[0]).toBe(1);
    expect(levels.every((level, at) => at === 0 || level <= levels[at - 1]! + 1)).toBe(true);
    expect(await page.evaluate(() => ['header', 'main', 'nav', 'footer'].map((name) => document.querySelectorAll(name).length))).toEqual([1, 1, 1, 1]);
    expect(await page.evaluate(() => { const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id); return ids.length - new Set(ids).size; })).toBe(0);
  }));

  it('shows where the focus is', () => using({}, async ({ page }) => {
    for (let step = 0; step < 3; step++) await page.keyboard.press('Tab');
    expect(await page.evaluate(() => { const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement!); return [document.activeElement!.tagName, outlineStyle, outlineWidth]; })).toEqual(['A', 'solid', '2px']);
  }));

  it('does not scroll sideways on a phone of 360 px: tables do, each in its own box', () => using({ viewport: { width: 360, height: 740 }, hash: `#item=${encodeURIComponent(records[0]!.item.id)}` }, async ({ page }) => {
    await page.waitForSelector('#item-title');
    await page.evaluate(() => { for (const one of document.querySelectorAll('details')) one.open = true; });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await page.locator('.plot.narrow:visible').count()).toBe(3);
    expect(await page.locator('.plot.wide:visible').count()).toBe(0);
    expect(await page.evaluate(() => document.querySelector('#accuracy ~ .scroll')!.scrollWidth)).toBeGreaterThan(360);
  }));

  it('prints its numbers and not its controls, black on white', () => using({ colorScheme: 'dark' }, async ({ page }) => {
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate(() => ['#items', 'nav', '#theme', '#accuracy'].map((one) => getComputedStyle(document.querySelector(one)!).display !== 'none'))).toEqual([false, false, false, true]);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    expect(await page.evaluate(() => document.querySelectorAll('#item-detail *').length)).toBeGreaterThan(0);
  }));
});

describe('hostile text in the report', () => {
  const hostile = [
    '<script>window.ran = 1</script>', '</script><script>window.ran = 2</script>', '<img src=x onerror="window.ran = 3">', '"><svg onload=window.ran=4>', '<!--<script>', ']]>', '<iframe srcdoc="<script>parent.ran=5</script>">',
    'javascript:window.ran=6', '\u202Eright to left\u202D', '{{constructor.constructor("window.ran=7")()}}', '\u2028window.ran = 8\u2029', '\u0000\uD800', `${'x'.repeat(100_000)}`, '<style>*{display:none}</style>', '<a href="http://127.0.0.1:9/" ping="http://127.0.0.1:9/">', '&lt;b&gt;',
  ].map((text) => text.toWellFormed());
  const candidate = (like: Candidate): Candidate => ({ ...like, steps: hostile, values: hostile.map((_, at) => at / hostile.length), reasoning: hostile.join('\n'), verdict: { ...like.verdict, answer: hostile[3]!, normalised: hostile[3]! }, unscored: hostile[2]! });
  const [first, ...rest] = records.slice(0, 3);
  const id = `medqa/${hostile[2]}/${hostile[8]}`;
  const all: readonly VerdictsRecord[] = [{
    ...first!, item: { ...first!.item, id, prompt: { text: hostile.join('\n'), history: [{ role: 'user', content: hostile[1]! }, { role: 'assistant', content: hostile[2]! }] }, gold: { kind: 'span', answer: hostile[1]!, alternatives: [hostile[2]!] } },
    policy: { model: hostile[2]!, revision: hostile[1]! }, candidates: first!.candidates.map(candidate), greedy: candidate(first!.greedy!),
  }, ...rest.map((record) => ({ ...record, policy: { model: hostile[2]!, revision: hostile[1]! } }))];

  it('stays text: nothing runs, nothing is asked for, and every character is there', async () => {
    const page = await reportOf(all, { title: hostile[1]!, facts: [[hostile[2]!, hostile[0]!]] }, { titles: { medqa: hostile[2]! } });
    await using({ hash: `#item=${encodeURIComponent(id)}` }, async ({ page: shown }) => {
      await shown.waitForSelector('#item-title');
      await shown.evaluate(() => { for (const one of document.querySelectorAll('details')) one.open = true; });
      await shown.waitForSelector('details[data-candidate="0"] ol.steps');
      expect(await shown.locator('details[data-candidate="0"] ol.steps .model-text').allTextContents()).toEqual(hostile);
      expect(await shown.textContent('#item-title')).toBe(id);
      expect(await shown.textContent('.question')).toBe(hostile.join('\n'));
      expect(await shown.textContent('.gold')).toBe(`Right answer: ${hostile[1]} / ${hostile[2]}`);
      expect(await shown.evaluate(() => [(window as { ran?: number }).ran, document.querySelectorAll('img, iframe, object, embed').length, document.querySelectorAll('script:not([type])').length, document.querySelectorAll('style').length])).toEqual([undefined, 0, 1, 1]);
      expect(await shown.evaluate(() => [document.documentElement.scrollWidth, ...[...document.querySelectorAll('.model-text, .quoted')].filter((one) => one.scrollWidth > one.clientWidth && one.clientWidth > 0)])).toEqual([1200]); // 100,000 letters without a space break
    }, page);
  });
});
