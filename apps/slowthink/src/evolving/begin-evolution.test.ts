import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings, type RunSettings } from '@slowthink/wiring';
import { describe, expect, it, onTestFinished } from 'vitest';
import { beginEvolution } from './begin-evolution.ts';
import { evolutionFolder } from './evolution-folder.ts';
import { evolutionSettings } from './evolution-settings.ts';
import { passedTo } from './passed-flags.ts';

/** What a start with these flags, this file and this environment writes into a folder, and the settings that a command started by it then has. */
async function begun(dir: string, { flags = {}, config, env = {} }: { readonly flags?: { readonly [flag: string]: string }; readonly config?: object; readonly env?: { readonly [name: string]: string } }): Promise<{ readonly said: string; readonly command: RunSettings }> {
  const file = join(dir, 'mine.json');
  writeFileSync(file, JSON.stringify(config ?? {}));
  const folder = evolutionFolder(dir), seen = { began: folder.read(), done: folder.records().done };
  const settings = evolutionSettings(readSettings({ flags, env, config: file, remember: false }), new Map(), folder, seen.began);
  await beginEvolution({ ...settings, folder, pool: { sha256: 'q' }, dev: { sha256: 'd' }, base: { sha256: 'b' } } as never, seen);
  const given = passedTo('run', '1-run', { ...settings, folder });
  const path = given[given.indexOf('--config') + 1]!, grader = given.includes('--grader') ? { grader: given[given.indexOf('--grader') + 1] } : {};
  const child = Object.fromEntries(Object.entries({ ...env, ...settings.forCommands.env }).filter(([, value]) => value !== undefined));
  return { said: readFileSync(folder.path('evolve.json'), 'utf8') + readFileSync(path, 'utf8'), command: readSettings({ flags: grader, env: child, config: path, remember: false }).values };
}

function place(): string {
  const dir = mkdtempSync(join(tmpdir(), 'slowthink-begin-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

describe('a folder that an evolution begins in', () => {
  it('gives its commands the settings that it began with, also from a shell without the flag, the file and the variable of then', async () => {
    const dir = place();
    const wanted = { preset: 'laptop', 'search.nodesMax': 12, 'labels.recipe': 'dual-sided', 'models.retries': 2 };
    expect((await begun(dir, { flags: { preset: 'laptop' }, config: { 'models.retries': 2, labels: { recipe: 'dual-sided' } }, env: { SLOWTHINK_SEARCH_NODES_MAX: '12' } })).command).toMatchObject(wanted);
    expect((await begun(dir, {})).command).toMatchObject({ ...wanted, 'models.retries': 5 }); // which decides no result
  });

  it('holds no secret: keys of a settings file go into the environment of a command, passwords of a grader into its flag', async () => {
    const grader = 'judge:openai:http://user:secret@127.0.0.1:1/#judge';
    const dir = place(), key = join(dir, 'key');
    writeFileSync(key, 'sk-other');
    const { said, command } = await begun(dir, { config: { 'models.apiKey': 'sk-secret', grader }, env: { SLOWTHINK_MODELS_API_KEY_FILE: key } });
    expect([said.includes('secret'), command['models.apiKey'], command.grader]).toEqual([false, 'sk-secret', grader]);
  });

  it('is not written over where another start has come first', async () => {
    const dir = place(), folder = evolutionFolder(dir), seen = { began: folder.read(), done: folder.records().done };
    const { said } = await begun(dir, { flags: { seed: '5' } });
    const mine = evolutionSettings(readSettings({ flags: { seed: '6' }, env: {}, remember: false }), new Map(), folder, seen.began);
    await expect(beginEvolution({ ...mine, folder } as never, seen)).rejects.toMatchObject({ code: 'DIR_IN_USE', message: expect.stringContaining('while this one was made ready') as string });
    expect(said).toContain(readFileSync(folder.path('evolve.json'), 'utf8'));
  });
});
