import { createHash } from 'node:crypto';
import type { VerdictsRecord } from '@slowthink/records';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { exampleRecords, smallExample } from './testing/example-records.ts';
import { reportOf } from './testing/report-of.ts';
import { embedded } from './write-report.ts';

const records = [...exampleRecords(smallExample)];
const judged = (status: 'right' | 'wrong' | 'none'): readonly VerdictsRecord[] => records.map((record) => ({ ...record, candidates: record.candidates.map((one) => ({ ...one, verdict: { status, answer: status === 'none' ? '' : 'A', normalised: status === 'none' ? '' : 'A', rule: 'letter' } })) }));
const textOf = (page: string): string => parseHTML(page).document.querySelector('main')!.textContent!;

describe('writeReport', () => {
  it('lets run and load nothing but its own style and script, which it names by their hashes', async () => {
    const page = await reportOf(records);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!.replaceAll('&#39;', "'");
    const hash = (tag: string): string => `'sha256-${createHash('sha256').update(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)![1]!).digest('base64')}'`;
    expect(policy).toBe(`default-src 'none'; script-src ${hash('script')}; style-src ${hash('style')}; base-uri 'none'; form-action 'none'`);
    expect(page).not.toMatch(/(src|href|action)="(?!#)/); // no address but places in the page
    expect(page.replaceAll(/<script[\s\S]*?<\/script>/g, '')).not.toMatch(/https?:|style="|\son\w+="/);
  });

  it('writes the same bytes for the same arguments', async () => expect(await reportOf(records)).toBe(await reportOf(records)));

  it('has an average of several sets and none of one', async () => {
    const header = (page: string): string => parseHTML(page).document.querySelector('#accuracy ~ .scroll thead')!.textContent!;
    expect(header(await reportOf(records))).toContain('All items');
    expect(header(await reportOf([...exampleRecords({ ...smallExample, sets: ['medqa'] })]))).not.toContain('All items');
  });

  it('calls pass@N the ceiling where every item has N candidates, and says that rules may exceed it where some have more', async () => {
    expect(textOf(await reportOf(records))).toContain('ceiling: any candidate right');
    const [first, ...others] = records;
    const uneven = textOf(await reportOf([{ ...first!, candidates: first!.candidates.slice(1) }, ...others]));
    expect(uneven).toContain('candidates right; some items have more, so rules may exceed it');
    expect(uneven).not.toContain('ceiling');
  });

  it('says what is not there: no scorer, no greedy solution, no curve, one rule, one item', async () => {
    const bare = textOf(await reportOf([...exampleRecords({ ...smallExample, items: 1, candidates: 1, sets: ['medqa'], scored: false, greedy: false })]));
    expect(bare).toContain('No scorer was used');
    expect(bare).toContain('There is one rule, and nothing to compare it with.');
    expect(bare).toContain('No rule with scores was used');
    expect(bare).toContain('n/a');
    expect(textOf(await reportOf(records, {}, { intervals: false }))).toContain('Curves were not computed');
  });

  it('is whole where every candidate is right, wrong or without an answer: no number is NaN, infinite or undefined', async () => {
    for (const some of [judged('right'), judged('wrong'), judged('none'), records.slice(0, 1)]) {
      const page = await reportOf(some);
      expect(page.replaceAll(/<script[\s\S]*?<\/script>/g, '')).not.toMatch(/NaN|Infinity|undefined|\bnull\b/);
    }
  });

  it('shows titles, notes, model names and facts as text', async () => {
    const hostile = '</title><script>window.ran = 1</script><img src=x onerror=ran()>';
    const page = await reportOf(records, { title: hostile, facts: [[hostile, hostile]] }, { titles: { medqa: hostile } }, (evaluation) => ({ ...evaluation, notes: [hostile], policy: { model: hostile, revision: hostile }, grader: hostile, decode: hostile }));
    expect(page).not.toContain('<img');
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page.split(hostile.replaceAll('<', '&lt;').replaceAll('>', '&gt;')).length - 1).toBeGreaterThanOrEqual(8);
  });

  it('compares with the rule that is asked for, under any of its names, and refuses one that the evaluation does not have', async () => {
    expect(await reportOf(records, { reference: 'P-VS' })).toContain('<option value="vote-sum-min" selected>');
    await expect(reportOf([...exampleRecords({ ...smallExample, scored: false })], { reference: 'p-vs' })).rejects.toMatchObject({ code: 'SETTING_INVALID', message: 'The reference rule vote-sum-min is none of this evaluation.' });
  });

  it('names every section, table and plot for who does not see it', async () => {
    const { document } = parseHTML(await reportOf(records));
    const all = (selector: string) => [...document.querySelectorAll(selector)];
    expect(all('h1')).toHaveLength(1);
    expect(all('section').every((one) => document.getElementById(one.getAttribute('aria-labelledby')!) !== null)).toBe(true);
    expect(all('table').length).toBeGreaterThan(8);
    expect(all('table').every((one) => one.querySelector('caption') !== null)).toBe(true);
    expect(all('th').every((one) => one.hasAttribute('scope'))).toBe(true);
    expect(all('svg').every((one) => one.getAttribute('aria-hidden') === 'true')).toBe(true); // plots are named by the element around them
    expect(all('.plot').every((one) => one.getAttribute('role') === 'img' && one.getAttribute('aria-label')!.length > 20)).toBe(true);
  });
});

describe('embedded', () => {
  it('cannot end its element, open a comment or break a line, and is the same JSON', () => {
    const value = ['</script><!--', 'a & b', '\u2028\u2029'];
    expect(embedded(value).markup).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(embedded(value).markup)).toEqual(value);
  });
});
