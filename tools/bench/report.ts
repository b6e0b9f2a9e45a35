// npm run bench:report: the report of a large evaluation: how long it takes to write, how large it is, and when a reader in a headless Chromium sees the numbers, the items, and one item.
//   --items N (5000)  --candidates N (16)  --steps N (10, the most; half of them the least)  --words N (18, a step)  --rounds N (3)  --keep FILE (the report itself)
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { evaluate } from '@slowthink/evaluation';
import { writeReport } from '@slowthink/report';
import { startBrowser } from '../../libs/report/src/testing/browser.ts';
import { exampleRecords, smallExample } from '../../libs/report/src/testing/example-records.ts';
import { loadNow, machineLine } from './machine.ts';
import { median } from './tables.ts';

const { values: flags } = parseArgs({ options: {
  items: { type: 'string', default: '5000' }, candidates: { type: 'string', default: '16' }, steps: { type: 'string', default: '10' }, words: { type: 'string', default: '18' }, rounds: { type: 'string', default: '3' }, keep: { type: 'string' },
} });
const size = { ...smallExample, items: Number(flags.items), candidates: Number(flags.candidates), steps: Number(flags.steps), words: Number(flags.words), sets: ['medqa', 'medmcqa', 'pubmedqa', 'mmlu-med', 'seer'] };
console.log(machineLine());

const folder = mkdtempSync(join(tmpdir(), 'slowthink-bench-report-'));
const file = flags.keep ?? join(folder, 'report.html');
let began = performance.now();
const evaluation = await evaluate(exampleRecords(size), { draws: 20, subsets: 1 });
console.log(`numbers (20 draws, 1 subset, which changes no size): ${seconds(performance.now() - began)}, the example itself among it`);

let texts = 0; // characters of steps and questions
const counted = function* () {
  for (const record of exampleRecords(size)) {
    texts += record.item.prompt.text.length + record.candidates.reduce((sum, { steps }) => sum + steps.join('').length, 0);
    yield record;
  }
};
began = performance.now();

await pipeline(writeReport(evaluation, counted()), createWriteStream(file));
console.log(`written in ${seconds(performance.now() - began)}, ${(texts / 1e6).toFixed(1)} MB of text, ${(statSync(file).size / 1e6).toFixed(1)} MB of report, ${Math.round(process.memoryUsage.rss() / 1e6)} MB resident`);

/** Runs in the page before it loads: notes the first frame behind the one that laid out the first numbers of the accuracy table within the window, and painted something. */
const watchNumbers = `const look = () => {
  const number = document.querySelector('#accuracy ~ .scroll td .value');
  const there = number !== null && number.getBoundingClientRect().top < innerHeight && performance.getEntriesByName('first-contentful-paint').length > 0;
  if (there) requestAnimationFrame(() => { window.numbersSeen = performance.now(); }); else requestAnimationFrame(look);
};
look();`;

const browser = await startBrowser();
const rounds: { readonly seen: number; readonly ready: number; readonly item: number; readonly search: number }[] = [];
try {
  for (let round = 0; round < Number(flags.rounds); round++) {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    await page.addInitScript(watchNumbers);
    const opened = performance.now();
    await page.goto(pathToFileURL(file).href, { waitUntil: 'commit' });
    await page.waitForSelector('#items[data-ready]');
    const ready = performance.now() - opened;
    const seen = await page.evaluate<number>('window.numbersSeen');
    const item = await page.evaluate<number>(`new Promise((done) => { const began = performance.now(); new MutationObserver((_, observer) => { if (document.getElementById('item-title') !== null) { observer.disconnect(); requestAnimationFrame(() => done(performance.now() - began)); } }).observe(document.getElementById('item-detail'), { childList: true }); document.querySelectorAll('#item-list a')[20].click(); })`);
    const search = await page.evaluate<number>(`new Promise((done) => { const input = document.querySelector('input[name=text]'); const began = performance.now(); input.value = 'medqa 77'; input.dispatchEvent(new Event('input', { bubbles: true })); requestAnimationFrame(() => done(performance.now() - began)); })`);
    rounds.push({ seen, ready, item, search });
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
for (const [name, key] of [['the numbers seen', 'seen'], ['all items unpacked and listed', 'ready'], ['an item opened', 'item'], ['a search over all questions', 'search']] as const) {
  const all = rounds.map((round) => round[key]);
  console.log(`${name}: ${Math.round(median(all))} ms (median of ${all.length}; ${all.map((one) => Math.round(one)).join(', ')})`);
}
console.log(`load average after: ${loadNow()}`);

function seconds(ms: number): string { return `${(ms / 1000).toFixed(1)} s`; }
