// slowthink evolve as a user starts it, before anything is asked or written. Whole evolutions: evolve.long-test.ts.
import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from './evolving/run-command.ts';
import { Workplace, done } from './testing/command-line.ts';

const place = new Workplace();
afterAll(() => place.close());

describe.concurrent('slowthink evolve', () => {
  it('prints rounds, commands and estimates with --plan, and writes nothing', async () => {
    const { rounds, total } = JSON.parse(done(await place.run(['evolve', '--plan', '--json', '--dir', 'planned'])).stdout) as { readonly rounds: readonly { readonly steps: readonly { readonly step: string; readonly command: string; readonly requests: number }[] }[]; readonly total: { readonly minutes: number } };
    expect(rounds.map(({ steps }) => steps.map(({ step }) => step).join(' '))).toEqual(['dev', 'questions run sft prm dev', 'questions run sft prm dev']);
    expect(rounds[2]!.steps[1]).toMatchObject({ command: 'slowthink run --questions planned/rounds/2/questions.jsonl --policy onnx:planned/rounds/1/policy/model --recipe seed-cpu --seed 0 --dir planned/rounds/2/run', requests: 38_080 });
    expect(total.minutes).toBeGreaterThan(20);
    expect(existsSync(place.path('planned'))).toBe(false);
  });

  it('refuses rounds that find no new question, before anything is written', async () => {
    const ended = await place.run(['evolve', '--rounds', '4', '--trainer', 'command:true {job}', '--dir', 'empty']);
    expect([ended.code, ended.stderr, existsSync(place.path('empty'))]).toEqual([2, expect.stringContaining('Round 4 finds no new question: the rounds before it take all 2000.'), false]);
  });

  it('refuses a hyper-parameter that the trainer does not know, before anything is searched', async () => {
    const ended = await place.run(['evolve', '--train', 'sft.learnigRate=3e-4', '--dir', 'mistyped']);
    expect([ended.code, ended.stderr, existsSync(place.path('mistyped'))]).toEqual([2, expect.stringContaining('SETTING_UNKNOWN sft.learnigRate is no hyper-parameter of sft; the nearest is learningRate.'), false]);
  });

  it('shows no password of an address', async () => {
    const { stdout } = done(await place.run(['evolve', '--plan', '--dir', 'shown', '--serving', 'restart:http://user:secret@127.0.0.1:9 serve {model} {name}']));
    expect(stdout).toContain('--policy openai:http://***@127.0.0.1:9#round-2 --scorer onnx:shown/rounds/2/scorer/model --recipe seed-cpu -n 16 --limit all --seed 0 --dir shown/rounds/2/dev');
    expect([stdout.includes('secret'), stdout.includes('serving restart:http://***@127.0.0.1:9 serve {model} {name}.')]).toEqual([false, true]);
  });

  it('gives the fault of a command with its code, and says that the same command goes on', async () => {
    await expect(runCommand(['status', '--dir', place.path('nowhere')], { signal: new AbortController().signal, onProgress: () => {}, onLine: () => {} }))
      .rejects.toMatchObject({ code: 'DIR_MISSING', message: expect.stringMatching(/^"slowthink status" said: .*nowhere/), hint: expect.stringContaining('the same command goes on') });
  });
});
