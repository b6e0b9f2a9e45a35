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
    expect(rounds[2]!.steps[1]).toMatchObject({ command: 'slowthink run --questions planned/rounds/2/questions.jsonl --policy onnx:planned/rounds/1/policy/model --recipe seed-cpu --dir planned/rounds/2/run', requests: 38_080 });
    expect(total.minutes).toBeGreaterThan(20);
    expect(existsSync(place.path('planned'))).toBe(false);
  });

  it('refuses rounds that find no new question, before anything is written', async () => {
    const ended = await place.run(['evolve', '--rounds', '4', '--trainer', 'command:true {job}', '--dir', 'empty']);
    expect([ended.code, ended.stderr, existsSync(place.path('empty'))]).toEqual([2, expect.stringContaining('Round 4 finds no new question: the rounds before it take all 2000.'), false]);
  });

  it('gives the fault of a command with its code, and says that the same command goes on', async () => {
    await expect(runCommand(['status', '--dir', place.path('nowhere')], { signal: new AbortController().signal, onProgress: () => {}, onLine: () => {} }))
      .rejects.toMatchObject({ code: 'DIR_MISSING', message: expect.stringMatching(/^"slowthink status" said: .*nowhere/), hint: expect.stringContaining('the same command goes on') });
  });
});
