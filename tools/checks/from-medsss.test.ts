// docs/from-medsss.md promises names: each data set, rule, setting and flag of it is looked up where it is declared.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findByFileName, findDataset, readManifests } from '@slowthink/corpus';
import { ruleNamed } from '@slowthink/decoding';
import type { Setting } from '@slowthink/settings';
import { runSettings } from '@slowthink/wiring';

const text = readFileSync(new URL('../../docs/from-medsss.md', import.meta.url), 'utf8');
const section = (title: string): string => text.split(`\n## ${title}\n`)[1]!.split('\n## ')[0]!;
const names = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/gu)].map(([, name]) => name!);
const rows = (title: string): readonly (readonly string[])[] => section(title).split('\n').filter((line) => line.startsWith('| `')).map((line) => line.split('|').slice(1, -1));

test('each old name of a data set, and each file name, is known as the set that the page says', async () => {
  const manifests = await readManifests();
  let checked = 0;
  for (const [old, here, file] of rows('Data sets')) {
    const wanted = names(here!);
    for (const [at, name] of names(old!).entries()) {
      expect([name, findDataset(manifests, name)?.manifest.name]).toEqual([name, wanted.length > 1 ? wanted[at] : wanted[0] ?? name]);
      checked += 1;
    }
    for (const name of names(file!).filter((each) => each.endsWith('.json') && each !== '.json')) expect([name, findByFileName(manifests, name)?.manifest.name]).toEqual([name, wanted[0]]);
  }
  expect(checked).toBe(23);
});

test('each old name of a rule means the rule beside it', () => {
  for (const [old, here] of [['sc', 'maj'], ['scvm', 'maj'], ['prm-min-vote-sum', 'vote-sum-min'], ['prm-gmean-vote-sum', 'vote-sum-geometric-mean'], ['prm-prod-vote-mean', 'vote-mean-product'], ['prm-min-vote-mean', 'vote-mean-min'], ['prm-min-max', 'bon-min']] as const) {
    expect([old, ruleNamed(old).name]).toEqual([old, here]);
  }
  for (const name of rows('Rules').flatMap(([, here]) => names(here!)).filter((each) => /^(?:maj|bon|vote)/u.test(each))) expect(ruleNamed(name).name).toBe(name);
});

test('each setting and flag of the search is one of a run', () => {
  const flags = new Set(Object.values(runSettings as Readonly<Record<string, Setting>>).map(({ flag }) => flag));
  const here = rows('The search').flatMap(([, cell]) => names(cell!));
  const [settings, given] = [here.filter((name) => name.startsWith('search.')), here.filter((name) => name.startsWith('--')).map((name) => name.split(' ')[0]!)];
  expect([settings.filter((name) => !Object.hasOwn(runSettings, name)), given.filter((name) => !flags.has(name))]).toEqual([[], []]);
  expect([settings.length, given.length]).toEqual([15, 14]);
});
