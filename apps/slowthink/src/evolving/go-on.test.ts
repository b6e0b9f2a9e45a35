import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DoneRecord, EvolutionReport } from '@slowthink/evolution';
import { readSettings } from '@slowthink/wiring';
import { expect, it, onTestFinished } from 'vitest';
import { evolutionFolder } from './evolution-folder.ts';
import { evolutionSettings } from './evolution-settings.ts';
import type { Evolution } from './evolution.ts';
import type { EvolutionView } from './evolution-view.ts';
import { goOn, leaveKept } from './go-on.ts';
import { hashOfPath } from './hash-of-path.ts';

it('ends servers that it started before a training, which wants their memory', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'slowthink-go-on-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const folder = evolutionFolder(dir), dataset = 'rounds/1/run/dataset', events: string[] = [];
  mkdirSync(folder.path(dataset), { recursive: true });
  writeFileSync(folder.path(dataset, 'rows'), 'rows');
  const effort = { seconds: 1, requests: 1, tokens: 1 };
  for (const step of ['0-dev', '1-questions', '1-run']) {
    await folder.writeBegun({ v: 1, step, command: [], used: {}, job: null, earlier: effort });
    await folder.writeDone({ v: 1, step, ...effort, made: step === '1-run' ? { [dataset]: (await hashOfPath(folder.path(dataset)))! } : {}, units: 1, skipped: null, facts: { 'sft rows': 3 } } satisfies DoneRecord);
  }
  const serving = (name: string) => ({ name, weights: 'model', lasts: () => false, serve: async () => '', close: async () => { events.push(`${name} closed`); } });
  const evolution = {
    ...evolutionSettings(readSettings({ flags: { rounds: '1' }, env: {}, remember: false }), new Map(), folder, undefined), folder, base: { model: '/base', adapter: null, name: 'base', sha256: 'b' }, sizes: { questions: () => 4, devItems: 4, samples: 2 },
    serving: serving('policy'), scorerServing: serving('scorer'), trainer: { name: 'fake', train: async () => { events.push('training'); throw new Error('enough'); } },
  } as unknown as Evolution;
  const view = { begin: () => {}, end: () => {}, log: () => {}, watch: { onProgress: () => {}, onLine: () => {}, onTraining: () => {} } } as unknown as EvolutionView;
  await expect(goOn(evolution, view, new AbortController().signal)).rejects.toThrow('enough');
  expect(events).toEqual(['policy closed', 'scorer closed', 'training']);
});

it('leaves policy and scorer of the kept round in servers that stay, and asks for nothing where nothing has to change', async () => {
  const served = async (kept: number, name: string, lasts: boolean): Promise<readonly string[]> => {
    const asked: string[] = [], serving = { name, lasts: () => lasts };
    const names = { policy: async (round: number) => { asked.push(`policy ${round}`); return ''; }, scorer: async (round: number) => { asked.push(`scorer ${round}`); return ''; } };
    await leaveKept({ serving, scorerServing: serving } as unknown as Evolution, { kept: { round: kept }, rounds: [{ round: 0 }, { round: 1 }, { round: 2 }] } as unknown as EvolutionReport, names, new AbortController().signal);
    return asked;
  };
  expect(await served(1, 'restart:http://h sh service.sh {model} {name}', true)).toEqual(['policy 1', 'scorer 1']);
  expect(await Promise.all([served(1, 'restart:http://h vllm serve {model} {name}', false), served(1, 'embedded', true), served(2, 'lora:http://h#m', true), served(0, 'lora:http://h#m', true)])).toEqual([[], [], [], []]);
});
