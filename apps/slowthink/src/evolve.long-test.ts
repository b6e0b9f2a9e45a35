// slowthink evolve from end to end, killed at every step, stopped, and with everything a user may get wrong. The trainer copies: streams and evaluations are real.
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isHeld } from '@slowthink/broker-sqlite';
import type { EvolutionReport } from '@slowthink/evolution';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace, done } from './testing/command-line.ts';
import { begunIn, copyingTrainer, doneIn, evolutionSaid, madeIn, smallEvolution } from './testing/evolutions.ts';

const place = new Workplace();
let whole: ReturnType<typeof madeIn>;

beforeAll(async () => {
  done(await place.run(smallEvolution('whole')));
  whole = madeIn(place, 'whole');
}, 120_000);
afterAll(() => place.close());

const until = async (holds: () => boolean, what: string): Promise<void> => {
  for (const end = performance.now() + 60_000; !holds(); await sleep(2)) if (performance.now() > end) throw new Error(`It did not come to this within a minute: ${what}`);
};

const changedAt = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.ctimeMs;

/** Moments of a step that can be seen from outside. */
const outs: { readonly [step: string]: readonly [middle: string, end: string] } = {
  '0-dev': ['rounds/0/dev/lock.pid', 'rounds/0/dev/results/summary.json'],
  '1-questions': ['rounds/1', 'rounds/1/questions.jsonl'],
  '1-run': ['rounds/1/run/lock.pid', 'rounds/1/run/dataset'],
  '1-sft': ['rounds/1/policy/progress.json', 'rounds/1/policy/manifest.json'],
  '1-prm': ['rounds/1/scorer/progress.json', 'rounds/1/scorer/manifest.json'],
  '1-dev': ['rounds/1/dev/lock.pid', 'rounds/1/dev/results/summary.json'],
};

describe('slowthink evolve', () => {
  it('writes what each step used and made, in order, and reports every round with its gains', () => {
    expect(Object.keys(whole)).toEqual(Object.keys(outs).sort());
    for (const { step, used, command } of begunIn(place, 'whole')) expect([step, Object.values(used).every((hash) => hash.length > 0), command.length > 0 || step === '1-questions']).toEqual([step, true, true]);
    const [run] = begunIn(place, 'whole').filter(({ step }) => step === '1-run');
    expect(run!.used['rounds/1/questions.jsonl']).toBe(whole['1-questions']!['rounds/1/questions.jsonl']);
    const report = JSON.parse(readFileSync(place.path('whole/report.json'), 'utf8')) as ReturnType<typeof evolutionSaid>;
    expect(report.rounds.map(({ round, greedyGain, voteGain }) => [round, greedyGain?.difference ?? null, typeof voteGain?.difference])).toEqual([[0, null, 'number'], [1, 0, 'number']]); // a copy is no better
    expect(JSON.parse(readFileSync(place.path('whole/best.json'), 'utf8'))).toMatchObject({ round: 0, policy: 'seed', scorer: 'seed', by: 'vote-sum-min' });
    expect(readFileSync(place.path('whole/report.html'), 'utf8')).toContain('greedy accuracy rose clearly in 0 of 1 round');
  });

  it('does nothing again when everything is done, and goes on with another round where more are asked for', async () => {
    cpSync(place.path('whole'), place.path('more'), { recursive: true });
    const before = done(await place.run(smallEvolution('more')));
    expect([evolutionSaid(before).rounds.length, madeIn(place, 'more')]).toEqual([2, whole]);
    const { rounds } = evolutionSaid(done(await place.run(smallEvolution('more', '--rounds', '2'))));
    expect(rounds.map(({ round, questions }) => [round, questions])).toEqual([[0, null], [1, 4], [2, 4]]);
    const drawn = [1, 2].flatMap((round) => readFileSync(place.path(`more/rounds/${round}/questions.jsonl`), 'utf8').trimEnd().split('\n').map((line) => (JSON.parse(line) as { id: string }).id));
    expect(new Set(drawn).size).toBe(8);
    const [sft, prm] = ['2-sft', '2-prm'].map((id) => begunIn(place, 'more').find(({ step }) => step === id)!);
    expect([sft!.job!.base.model, sft!.job!.datasets.length, prm!.job!.base.model, prm!.job!.datasets.length]).toEqual([place.path('more/rounds/1/policy/model'), 1, place.path('more/rounds/2/policy/model'), 2]); // SFT goes on from round 1, PRM from the new policy on both rounds
  });

  it('comes to the same hashes when it is killed at the begin, the middle and the end of every step, and leaves no process behind', async () => {
    const args = smallEvolution('killed', '--trainer', copyingTrainer('--steps', '20'));
    let kills = 0;
    for (const [step, [middle, end]] of Object.entries(outs)) {
      for (const at of [`steps/${step}.begun.json`, middle, end]) {
        const [file, over] = [at, `steps/${step}.done.json`].map((name) => place.path('killed', name)) as [string, string];
        const before = changedAt(file);
        const running = place.start(args);
        await until(() => changedAt(file) !== before || existsSync(over), at); // a trainer that was left may have come to the end by itself
        running.kill('SIGKILL');
        await running.ended;
        kills += 1;
        await until(() => ['rounds/0/dev', 'rounds/1/run', 'rounds/1/dev'].every((dir) => !existsSync(place.path('killed', dir, 'lock.sqlite')) || isHeld(place.path('killed', dir)) === undefined), `no command works in the folder after the kill at ${at}`);
      }
    }
    const ended = done(await place.run(args));
    expect([kills, evolutionSaid(ended).drained]).toEqual([18, false]);
    expect(madeIn(place, 'killed')).toEqual(madeIn(place, 'whole'));
  }, 600_000);

  it('counts what a step asked, also where its record was lost after its end', async () => {
    cpSync(place.path('whole'), place.path('lost'), { recursive: true });
    const efforts = () => doneIn(place, 'lost').filter(({ step }) => ['1-run', '1-dev'].includes(step)).map(({ requests, tokens, facts }) => [requests, tokens, facts['samples'] ?? null]);
    const before = efforts();
    for (const step of ['1-run', '1-sft', '1-prm', '1-dev']) { rmSync(place.path(`lost/steps/${step}.done.json`)); if (step !== '1-run') rmSync(place.path(`lost/steps/${step}.begun.json`)); }
    done(await place.run(smallEvolution('lost')));
    expect(before.flat().every((count) => count === null || Number(count) > 0)).toBe(true);
    expect(efforts()).toEqual(before);
  });

  it('waits for a command of a killed evolution that still drains, and goes on', async () => {
    const args = smallEvolution('waited');
    const running = place.start(args);
    await until(() => existsSync(place.path('waited/rounds/1/run/lock.pid')), 'the run has begun');
    running.kill('SIGKILL');
    const { stderr } = done(await place.run(args)); // at once
    expect(stderr).not.toContain('DIR_IN_USE');
    expect(madeIn(place, 'waited')).toEqual(whole);
  });

  it('drains on Ctrl-C with exit 0, in a command and in a training, and goes on', async () => {
    const args = smallEvolution('drained', '--trainer', copyingTrainer('--steps', '200'));
    for (const [what, file] of [['a command', 'rounds/1/run/lock.pid'], ['a training', 'rounds/1/policy/progress.json']] as const) {
      const running = place.start(args);
      await until(() => existsSync(place.path('drained', file)), what);
      await sleep(300);
      running.kill('SIGINT');
      const ended = done(await running.ended);
      expect([what, evolutionSaid(ended).drained]).toEqual([what, true]);
      expect(ended.stderr).toContain('SIGINT: draining.');
    }
    expect(begunIn(place, 'drained').find(({ step }) => step === '1-sft')!.earlier.seconds).toBeGreaterThan(0);
    expect(evolutionSaid(done(await place.run(args))).drained).toBe(false);
    expect(madeIn(place, 'drained')).toEqual(whole);
  });

  it('ends at once with 130 on a second Ctrl-C', async () => {
    cpSync(place.path('whole'), place.path('twice'), { recursive: true });
    const running = place.start(smallEvolution('twice', '--rounds', '2', '--trainer', copyingTrainer('--steps', '2000', '--deaf')));
    await until(() => existsSync(place.path('twice/rounds/2/policy/process.json')), 'the training has begun');
    running.kill('SIGINT');
    await running.says('draining');
    running.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    const { pid } = JSON.parse(readFileSync(place.path('twice/rounds/2/policy/process.json'), 'utf8')) as { pid: number };
    await until(() => { try { process.kill(pid, 0); return false; } catch { return true; } }, 'the trainer has ended too');
  });

  it('is refused while another one works in the folder', async () => {
    const running = place.start(smallEvolution('busy'));
    await until(() => existsSync(place.path('busy/steps/0-dev.begun.json')), 'it works');
    const second = await place.run(smallEvolution('busy'));
    expect([second.code, second.stderr]).toEqual([3, expect.stringMatching(/DIR_IN_USE .* is used by process \d+/)]);
    running.kill('SIGKILL');
    await running.ended;
  });

  it('stops before a budget would be passed, says so, and goes on with more', async () => {
    const { stopped, rounds } = evolutionSaid(done(await place.run(smallEvolution('budget', '--budget-tokens', '1000'))));
    expect([stopped, rounds.length]).toEqual([expect.stringMatching(/^Round 1 was not begun: \d+ of 1000 tokens are used, and it would take about \d+ more\. The same command with more \(--max-minutes, --budget-tokens\) goes on\.$/), 1]);
    expect(evolutionSaid(done(await place.run(smallEvolution('budget')))).rounds).toHaveLength(2);
  });

  it('stops early where rounds bring nothing better, and keeps what was best', async () => {
    cpSync(place.path('whole'), place.path('patient'), { recursive: true });
    const { stopped, kept } = evolutionSaid(done(await place.run(smallEvolution('patient', '--rounds', '5', '--patience', '1'))));
    expect([stopped, kept.round]).toEqual(['Round 2 was not begun: 1 round in a row brought nothing better on dev (--patience).', 0]);
  });

  it('says what failed and what stays in use, stays resumable, and goes on when it is mended', async () => {
    cpSync(place.path('whole'), place.path('failing'), { recursive: true });
    const mended = ['--train', 'sft.mended=true'];
    for (const [flags, more, sentence] of [[['--fail', 'sft'], [], /^TRAINER_FAILED Round 2, sft: .*The loss is no number after step 2\..* In use stays the base: seed\.(?:.|\n)*--train sft\.NAME=VALUE/m], [['--fail', 'sft', '--lie', 'prm'], mended, /^TRAINER_LIED Round 2, prm: .*has the hash .* In use stays the base: seed\./m]] as const) {
      const ended = await place.run(smallEvolution('failing', '--rounds', '2', '--trainer', copyingTrainer(...flags), ...more));
      expect([ended.code, ended.stderr]).toEqual([3, expect.stringMatching(sentence)]);
      expect(JSON.parse(readFileSync(place.path('failing/best.json'), 'utf8'))).toMatchObject({ round: 0 });
    }
    const last = await place.run(smallEvolution('failing', '--rounds', '2'));
    expect(evolutionSaid(done(last)).rounds).toHaveLength(3);
    expect(last.stderr).toContain('rounds/2/scorer.1 has it now, and the training begins anew.'); // of the trainer that lied
    expect((JSON.parse(readFileSync(place.path('failing/report.json'), 'utf8')) as EvolutionReport).notes).toContain('Trainings of the same kind had different settings (--train): 1-sft: none; 2-sft: mended=true.');
  });

  it('refuses other settings, other files and records of another evolution, by name', async () => {
    const others = await place.run(smallEvolution('whole', '--seed', '7', '--training-seed', '3'));
    expect([others.code, others.stderr]).toEqual([2, expect.stringMatching(/DIR_SETTINGS_CHANGED .*whole: seed was 0, now it is 7 \(flag --seed\); evolve\.trainingSeed was 0, now it is 3/)]);
    cpSync(place.path('whole'), place.path('mixed'), { recursive: true });
    writeFileSync(place.path('mixed/rounds/1/policy/model/config.json'), '{}');
    const changed = await place.run(smallEvolution('mixed'));
    expect([changed.code, changed.stderr]).toEqual([1, expect.stringMatching(/EVOLVE_MIXED .*rounds\/1\/policy\/model is not what the step 1-sft made: it was \w{12}…, now it is \w{12}…/)]);
    cpSync(place.path('whole'), place.path('gap'), { recursive: true });
    rmSync(place.path('gap/steps/1-run.done.json'));
    expect((await place.run(smallEvolution('gap'))).stderr).toMatch(/EVOLVE_MIXED .*1-sft was begun, and 1-run, which comes before it, was not done/);
    cpSync(place.path('whole'), place.path('torn'), { recursive: true });
    writeFileSync(place.path('torn/steps/1-run.done.json'), '{"v":1,');
    expect((await place.run(smallEvolution('torn'))).stderr).toMatch(/STORE_CORRUPT .*1-run\.done\.json is not JSON/);
  });

  it('of meds3-v4 has a curriculum, explores round 2 with the policy of round 1 and trains on both rounds; DPO without pairs is left out and said', async () => {
    const small = { SLOWTHINK_SEARCH_PROMPTING: 'bare', SLOWTHINK_SEARCH_CHOOSING: 'from-text', SLOWTHINK_SEARCH_NODES_MAX: '12', SLOWTHINK_SEARCH_SIMULATION_BASE: '2', SLOWTHINK_SEARCH_SIMULATION_MIN: '2', SLOWTHINK_SEARCH_ROLLOUT_TOKENS: '224' }; // the policy that ships knows bare questions only
    const ended = await place.run(smallEvolution('v4', '--evolution', 'meds3-v4', '--rounds', '2'), small);
    const { rounds } = evolutionSaid(done(ended));
    expect(rounds).toHaveLength(3);
    const begun = new Map(begunIn(place, 'v4').map((record) => [record.step, record]));
    expect(begun.get('1-run')!.command.join(' ')).toMatch(/--questions \S*curriculum\.jsonl .*--recipe meds3-v4 /);
    expect(begun.get('2-run')!.command.join(' ')).toMatch(/--policy onnx:\S*rounds\/1\/(?:policy|dpo)\/model --recipe meds3-v4-round-2 /);
    expect([begun.get('2-sft')!.job!.datasets.length, begun.get('2-prm')!.job!.datasets.length, begun.get('2-sft')!.used['base']]).toEqual([2, 1, expect.stringMatching(/^[0-9a-f]{64}$/)]);
    const steps = new Map(doneIn(place, 'v4').map((record) => [record.step, record]));
    const pairs = [1, 2].map((round) => Number(steps.get(`${round}-run`)!.facts['preference rows']) + Number(steps.get(`${round}-run`)!.facts['preference_steps rows'])); // of steps and of chains
    expect([1, 2].map((round) => steps.get(`${round}-dpo`)!.skipped === null)).toEqual([pairs[0]! > 0, pairs[0]! + pairs[1]! > 0]);
  });

  it('leaves nothing but its own files in its folder', () => {
    expect(readdirSync(place.path('whole')).filter((name) => !name.startsWith('lock.')).sort()).toEqual(['best.json', 'evolve.json', 'report.html', 'report.json', 'rounds', 'settings.json', 'steps']);
  });
});
