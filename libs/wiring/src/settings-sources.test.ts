// What a folder remembers of its imports holds for what it has, not for files that are named now.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flags } from '@slowthink/settings';
import { afterAll, expect, test } from 'vitest';
import { folderVersion, writeRunFile } from './run-folder.ts';
import { otherVariables, readSettings, type ResolvedRun } from './settings-sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-remembered-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kept = { questions: ['/data/first.csv'], seed: 5, 'corpus.limit': '3', 'corpus.limitPerSet': 2, 'corpus.map': 'question=q,answer=a', 'corpus.shard': '1/4', 'corpus.dataset': 'first', 'corpus.split': 'dev', 'corpus.decontaminate': ['/data/exam.json'], 'corpus.leakShare': 0.5 };
const ofOneImport = ['corpus.limit', 'corpus.limitPerSet', 'corpus.map', 'corpus.shard', 'corpus.dataset', 'corpus.split'] as const;

function again(flow: 'run' | 'curriculum' | 'evaluation', flags: Flags, env: { readonly [name: string]: string } = {}): ResolvedRun {
  const dir = join(folder, flow);
  writeRunFile(dir, { version: folderVersion, name: flow, ...(flow === 'run' ? {} : { flow }), run: 'r', settingsHash: 'h', policy: { model: 'seed', revision: '1' }, grader: 'rules', settings: kept });
  return readSettings({ flags: { dir, ...flags }, env, config: undefined, remember: true });
}
const valuesOf = ({ values }: ResolvedRun): readonly unknown[] => ofOneImport.map((key) => values[key]);

test.each([['run', '--questions'], ['curriculum', '--questions'], ['evaluation', '--items']] as const)('files that are named to the folder of a %s are taken as the command says, not as an import before', (flow, flag) => {
  expect(valuesOf(again(flow, {}))).toEqual(['3', 2, 'question=q,answer=a', '1/4', 'first', 'dev']);
  const named = again(flow, { [flag]: ['second.jsonl'] });
  expect(valuesOf(named)).toEqual(['all', null, null, null, null, null]);
  expect(named.origins['corpus.limit'].from).toBe('default');
  expect(valuesOf(again(flow, { [flag]: ['second.jsonl'], '--shard': '2/4' }, { SLOWTHINK_CORPUS_LIMIT: '7' }))).toEqual(['7', null, null, '2/4', null, null]);
});

test('what questions are checked against, and what decides the results, holds for files that are named later too', () => {
  expect(again('run', { '--questions': ['second.jsonl'] }).values).toMatchObject({ seed: 5, questions: ['second.jsonl'], 'corpus.decontaminate': ['/data/exam.json'], 'corpus.leakShare': 0.5 });
});

test('a folder of a run takes nothing from --items, nor one of an evaluation from --questions', () => {
  expect(valuesOf(again('run', { '--items': ['second.jsonl'] }))).toEqual(valuesOf(again('run', {})));
  expect(valuesOf(again('evaluation', { '--questions': ['second.jsonl'] }))).toEqual(valuesOf(again('evaluation', {})));
});

test('a variable of this project that is no setting is no mistake, and no setting', () => {
  const env = Object.fromEntries(otherVariables.map((name) => [name, '/somewhere']));
  const read = (alsoKnown: readonly string[]) => () => readSettings({ flags: {}, env, alsoKnown, remember: false });
  expect(read(otherVariables)().values).toEqual(readSettings({ flags: {}, env: {}, remember: false }).values);
  expect(read([])).toThrow(/SLOWTHINK_MEDICAL_DATA in the environment is not a setting/);
});
