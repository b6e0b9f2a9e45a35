// When a command over a folder with questions imports, and what flags of an import mean where it does not.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flags } from '@slowthink/settings';
import { readSettings, type ResolvedRun } from '@slowthink/wiring';
import { afterAll, describe, expect, it } from 'vitest';
import { importsQuestions, withoutImport } from './questions.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-questions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A command over a folder that took the first three of a file. */
function over(flow: 'run' | 'evaluation', flags: Flags): ResolvedRun {
  const dir = join(folder, flow);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'run.json'), JSON.stringify({ version: 3, name: flow, flow, settings: { questions: ['/data/first.jsonl'], 'corpus.limit': '3', 'corpus.limitPerSet': null, 'corpus.shard': null } }));
  return readSettings({ flags: { dir, ...flags }, env: {}, remember: true });
}

describe('a run over a folder with questions', () => {
  it('imports what it names, and what the folder has only where flags ask for another part of it', () => {
    expect(importsQuestions(over('run', {}))).toBe(false);
    expect(importsQuestions(over('run', { '--cache': 'here' }))).toBe(false);
    expect(importsQuestions(over('run', { '--questions': ['second.jsonl'] }))).toBe(true);
    const more = over('run', { '--limit': 'all' });
    expect([importsQuestions(more), more.values.questions, more.values['corpus.limit']]).toEqual([true, ['/data/first.jsonl'], 'all']);
  });
});

describe('an evaluation without items over a folder that has some', () => {
  const told = (flags: Flags): { readonly said: readonly string[]; readonly parts: readonly unknown[] } => {
    const said: string[] = [];
    const settings = withoutImport(over('evaluation', flags), (message) => said.push(message));
    return { said, parts: [settings['corpus.limit'], settings['corpus.limitPerSet'], settings['corpus.shard']] };
  };

  it('is told in one line which flags change nothing, and its folder keeps what was taken', () => {
    expect(told({ '--limit': '10', '--shard': '1/2', '--limit-per-set': '4' })).toEqual({ said: ['--limit, --limit-per-set, --shard change nothing: the folder has its items, and none are named to be taken. Name them with --items.'], parts: ['3', null, null] });
    expect(told({ '--limit': '10' }).said).toEqual(['--limit changes nothing: the folder has its items, and none are named to be taken. Name them with --items.']);
  });

  it('is told nothing without such a flag, nor by the command that began the folder', () => {
    expect(told({})).toEqual({ said: [], parts: ['3', null, null] });
    expect(told({ '--limit': '3' })).toEqual({ said: [], parts: ['3', null, null] });
  });
});
