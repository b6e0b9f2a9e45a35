// npm run report:screens -- REPORT: pictures of a report for docs/report, taken in a headless Chromium and looked at by people.
//   --item ID (the first one of the list that two rules disagree on)  --out DIR (docs/report)
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { startBrowser } from '../../libs/report/src/testing/browser.ts';

const { values: flags, positionals: [report] } = parseArgs({ options: { item: { type: 'string' }, out: { type: 'string', default: 'docs/report' } }, allowPositionals: true });
if (report === undefined) throw new Error('Name the report: npm run report:screens -- runs/NAME/report.html');
mkdirSync(flags.out, { recursive: true });

/** Brings an element to the top of the window. */
const top = (page: Page, selector: string): Promise<unknown> => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).scrollIntoView({ behavior: 'instant' })`);

const openItem = async (page: Page): Promise<void> => {
  if (flags.item !== undefined) await page.evaluate(`location.hash = 'item=' + encodeURIComponent(${JSON.stringify(flags.item)})`);
  else { await page.check('input[name=disagree]'); await page.click('#item-list a'); }
  await page.waitForSelector('#item-title');
  await page.locator('.choices button.link').nth(1).click();
  await page.locator('.choices tr', { hasText: 'best-of-N (min)' }).locator('button.link').click();
  await page.waitForSelector('ol.steps');
};

const wide = { viewport: { width: 1200, height: 900 } };
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 };
const pictures: readonly { readonly name: string; readonly options: BrowserContextOptions; readonly prepare?: (page: Page) => Promise<unknown> }[] = [
  { name: 'light', options: wide },
  { name: 'curves', options: wide, prepare: (page) => top(page, '#curves') },
  { name: 'dark', options: { ...wide, colorScheme: 'dark' }, prepare: (page) => top(page, '#differences') },
  { name: 'items', options: wide, prepare: async (page) => { await openItem(page); await top(page, '#items'); } },
  { name: 'steps', options: { viewport: { width: 1080, height: 760 }, colorScheme: 'dark' }, prepare: async (page) => { await openItem(page); await top(page, 'details.candidate[open]'); } },
  { name: 'phone', options: phone, prepare: (page) => top(page, '#accuracy') },
  { name: 'phone-item', options: phone, prepare: async (page) => { await openItem(page); await top(page, 'details.candidate[open]'); } },
];

const browser = await startBrowser();
try {
  for (const { name, options, prepare } of pictures) {
    const page = await browser.newPage({ ...options, reducedMotion: 'reduce' });
    await page.goto(pathToFileURL(resolve(report)).href);
    await page.waitForSelector('#items[data-ready]');
    await prepare?.(page);
    const path = join(flags.out, `${name}.png`);
    await page.screenshot({ path, animations: 'disabled' });
    console.log(`${path}: ${Math.round(statSync(path).size / 1000)} kB`);
    await page.close();
  }
} finally {
  await browser.close();
}
