import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium of this machine, without a window. SLOWTHINK_CHROMIUM names another program. */
export async function startBrowser(): Promise<Browser> {
  const program = process.env['SLOWTHINK_CHROMIUM'] ?? places.find((place) => existsSync(place));
  if (program === undefined) throw new Error('There is no Chromium here. Install it (Debian: apt-get install chromium), or name one in SLOWTHINK_CHROMIUM.');
  return chromium.launch({ executablePath: program, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] }); // Chromium's own sandbox refuses to start as root
}

/** A report that is open in a browser. `said` holds what went wrong on the console, `asked` every address that was asked for but the file itself. */
export interface OpenReport { readonly page: Page; readonly said: readonly string[]; readonly asked: readonly string[]; readonly close: () => Promise<void> }

/** Opens the text of a report as a file, and waits until its items are unpacked. */
export async function openReport(browser: Browser, text: string, { hash = '', ...options }: BrowserContextOptions & { readonly hash?: string } = {}): Promise<OpenReport> {
  const folder = mkdtempSync(join(tmpdir(), 'slowthink-report-'));
  const file = join(folder, 'report.html');
  writeFileSync(file, text);
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const [said, asked]: [string[], string[]] = [[], []];
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) said.push(message.text()); });
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('dialog', (dialog) => { said.push(`dialog: ${dialog.message()}`); void dialog.dismiss(); });
  page.on('request', (request) => { if (!request.url().startsWith(pathToFileURL(file).href)) asked.push(request.url()); });
  await page.goto(`${pathToFileURL(file).href}${hash}`);
  await page.waitForSelector('#items[data-ready]', { state: 'attached' });
  return { page, said, asked, close: async () => { await context.close(); rmSync(folder, { recursive: true }); } };
}
