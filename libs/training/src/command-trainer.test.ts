// Real processes: each test starts the trainer of testing/trainer.fixture.ts.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noteProcess, processStart } from '@slowthink/programs';
import type { TrainingJob, TrainingManifest } from '@slowthink/records';
import { describe, expect, it } from 'vitest';
import { trainerForm, type TrainerOptions } from './trainer-form.ts';
import type { TrainingProgress } from './trainer.ts';
import { trainingFolder } from './testing/training-folder.ts';

const fixture = fileURLToPath(new URL('testing/trainer.fixture.ts', import.meta.url));
const command = (does: string): string => `command:${JSON.stringify([process.execPath, fixture, '{job}', does])}`;

interface Options extends TrainerOptions { readonly signal?: AbortSignal; readonly makeRoom?: boolean; readonly onProgress?: (progress: TrainingProgress) => void }
const train = (job: TrainingJob, does: string, { signal = new AbortController().signal, makeRoom = false, onProgress, ...options }: Options = {}): Promise<TrainingManifest> =>
  trainerForm(command(does), { lateMs: 0, ...options }).train(job, { signal, makeRoom, ...(onProgress === undefined ? {} : { onProgress }) });
const until = async (what: () => boolean): Promise<void> => { while (!what()) await new Promise((resolve) => { setTimeout(resolve, 10); }); };

describe('a command that trains', () => {
  it('gets the job, gives a manifest that is true, and is not started again for the same job', async () => {
    const { job } = trainingFolder();
    const manifest = await train(job, 'train');
    expect(manifest).toMatchObject({ task: 'sft', seed: 1 });
    expect(JSON.parse(readFileSync(join(job.out, 'job.json'), 'utf8'))).toEqual(job);
    expect(readFileSync(join(job.out, 'trainer.log'), 'utf8')).toMatch(/^--- 20\S+\ntraining\n$/);
    expect(existsSync(join(job.out, 'process.json'))).toBe(false);
    expect(await train(job, 'killed')).toEqual(manifest);
    await expect(train({ ...job, seed: 2 }, 'killed')).rejects.toMatchObject({ code: 'TRAINING_FOREIGN', message: `${job.out} holds the results of another training: seed is 1, the job says 2.` });
    writeFileSync(join(job.out, 'model/model.safetensors'), 'damaged');
    await expect(train(job, 'train')).rejects.toMatchObject({ code: 'TRAINER_LIED', message: expect.stringContaining('the model in') as string });
  });

  it('is told about while it runs', async () => {
    const { job } = trainingFolder();
    const told: TrainingProgress[] = [];
    await train(job, 'slowly', { onProgress: (progress) => told.push(progress) });
    expect(told.at(-1)).toEqual({ phase: 'done', step: 3, steps: 3, loss: 0.5, tokensPerSecond: 100, secondsLeft: 1 });
    expect(told.length).toBeGreaterThan(1);
    expect(told.map(({ step }) => step)).toEqual(told.map(({ step }) => step).toSorted());
  });

  it('is refused where its manifest is of another job, or is not there', async () => {
    await expect(train(trainingFolder().job, 'lie')).rejects.toMatchObject({ code: 'TRAINER_LIED', message: expect.stringMatching(/out\/manifest\.json: seed is 99, the job says 1\.$/) as string });
    await expect(train(trainingFolder().job, 'nothing')).rejects.toMatchObject({ code: 'TRAINER_LIED', message: expect.stringContaining('ended with exit code 0, but there is no') as string, hint: expect.stringContaining('sbatch --wait') as string });
  });

  it('makes room, where it is told to, for a job that its folder does not hold: what lied, what is of other settings, what was begun with them', async () => {
    const { job } = trainingFolder(), said: string[] = [], say = (line: string): number => said.push(line);
    const room = { makeRoom: true, say };
    await expect(train(job, 'lie', room)).rejects.toMatchObject({ code: 'TRAINER_LIED' });
    expect(await train(job, 'train', room)).toMatchObject({ seed: 1 });
    expect(await train(job, 'killed', room)).toMatchObject({ seed: 1 });
    expect(await train({ ...job, settings: { rate: 0.5 } }, 'train', room)).toMatchObject({ settings: { rate: 0.5 } });
    rmSync(join(job.out, 'manifest.json'));
    writeFileSync(join(job.out, 'checkpoint'), 'half');
    await expect(train({ ...job, maxMinutes: 3, settings: { rate: 0.5 } }, 'killed', room)).rejects.toMatchObject({ code: 'TRAINER_FAILED' }); // of the same settings
    expect(existsSync(join(job.out, 'checkpoint'))).toBe(true);
    expect(await train({ ...job, settings: { rate: 0.25 } }, 'train', room)).toMatchObject({ settings: { rate: 0.25 } });
    expect(said).toEqual([
      `${job.out} holds the results of another training: seed is 99, the job says 1. ${job.out}.1 has it now, and the training begins anew.`,
      `${job.out} holds the results of another training: settings.rate is 0.001, the job says 0.5. ${job.out}.2 has it now, and the training begins anew.`,
      `${job.out} was begun with other settings: ${job.out}.3 has it now, and the training begins anew.`,
    ]);
    expect([existsSync(join(`${job.out}.1`, 'manifest.json')), existsSync(join(`${job.out}.3`, 'checkpoint')), existsSync(join(job.out, 'checkpoint'))]).toEqual([true, true, false]);
  });

  it('may be done before its manifest is seen: a shared file system shows it late', async () => {
    expect(await train(trainingFolder().job, 'late', { lateMs: 20_000 })).toMatchObject({ task: 'sft' });
  });

  it.each<readonly [does: string, code: string, message: RegExp, hint: RegExp]>([
    ['error', 'TRAINER_FAILED', /^The training in .* failed: LOSS_NO_NUMBER The loss is no number at step 12\.$/, /^Lower rate\.$/],
    ['import', 'TRAINER_MISSING', /cannot import what it needs: No module named 'peft'\./, /Python 3\.11/],
    ['killed', 'TRAINER_FAILED', /was ended by SIGKILL\. It printed nothing\.$/, /out of memory/],
  ])('that ends badly (%s) is %s', async (does, code, message, hint) => {
    await expect(train(trainingFolder().job, does)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string, hint: expect.stringMatching(hint) as string });
  });

  it('is not blamed for what an earlier attempt wrote and printed', async () => {
    const { job } = trainingFolder();
    mkdirSync(job.out);
    writeFileSync(join(job.out, 'error.json'), '{"code": "DISK_FULL", "message": "The disk is full."}');
    writeFileSync(join(job.out, 'progress.json'), '{"phase": "training", "step": 2, "steps": 3}');
    writeFileSync(join(job.out, 'trainer.log'), 'No space left on device\n');
    const told: unknown[] = [];
    await expect(train(job, 'killed', { onProgress: (progress) => told.push(progress) })).rejects.toMatchObject({ code: 'TRAINER_FAILED', message: expect.stringContaining('was ended by SIGKILL. It printed nothing.') as string });
    expect(told).toEqual([]);
  });

  it('writes a checkpoint when it is stopped, and goes on from it', async () => {
    const { job } = trainingFolder();
    const stop = new AbortController();
    const stopped = train(job, 'checkpoint', { signal: stop.signal });
    stopped.catch(() => {});
    await until(() => existsSync(join(job.out, 'progress.json')));
    stop.abort(new Error('stopped by SIGINT'));
    await expect(stopped).rejects.toThrow('stopped by SIGINT');
    expect(readFileSync(join(job.out, 'checkpoint'), 'utf8')).toBe('half');
    expect(await train(job, 'checkpoint')).toMatchObject({ task: 'sft' });
  });

  it('is over when what a script started is over, also where the script itself ends at once', async () => {
    const { job } = trainingFolder();
    const stop = new AbortController();
    const stopped = trainerForm(`command:sh -c '"$@" ; true' sh ${process.execPath} ${fixture} {job} tardy`).train(job, { signal: stop.signal });
    stopped.catch(() => {});
    await until(() => existsSync(join(job.out, 'progress.json')));
    stop.abort(new Error('stopped'));
    await expect(stopped).rejects.toThrow('stopped');
    expect(readFileSync(join(job.out, 'checkpoint'), 'utf8')).toBe('half');
  });

  it('that does not listen is killed after its time', async () => {
    const { job } = trainingFolder();
    const stop = new AbortController();
    const stopped = train(job, 'deaf', { signal: stop.signal, graceMs: 50 });
    stopped.catch(() => {});
    await until(() => ['progress.json', 'process.json'].every((name) => existsSync(join(job.out, name))));
    const { pid } = JSON.parse(readFileSync(join(job.out, 'process.json'), 'utf8')) as { pid: number };
    stop.abort(new Error('stopped'));
    await expect(stopped).rejects.toThrow('stopped');
    expect(await processStart(pid)).toBeUndefined();
  });

  it('that an earlier Slowthink left is ended before the next begins; a process that only has its pid is not', async () => {
    const { job } = trainingFolder();
    mkdirSync(job.out);
    writeFileSync(join(job.out, 'job.json'), JSON.stringify(job));
    const left = spawn(process.execPath, [fixture, join(job.out, 'job.json'), 'checkpoint'], { detached: true, stdio: 'ignore' });
    const ended = new Promise((resolve) => { left.on('exit', resolve); });
    await noteProcess(join(job.out, 'process.json'), left.pid!);
    await until(() => existsSync(join(job.out, 'progress.json')));
    const said: string[] = [];
    expect(await train(job, 'checkpoint', { say: (line) => said.push(line) })).toMatchObject({ task: 'sft' }); // from the checkpoint that the first wrote at the end
    expect(await ended).toBe(130);
    expect(said).toEqual([`A trainer of an earlier attempt still worked in ${job.out}; it was ended, and its checkpoint is used.`]);

    writeFileSync(join(job.out, 'process.json'), JSON.stringify({ pid: process.pid, start: 'some other time' }));
    expect(await train(job, 'killed')).toMatchObject({ task: 'sft' }); // and this process is still here to say so
  });

  it('gets no variable of Slowthink, such as the key of a model server', async () => {
    const { job } = trainingFolder();
    process.env['SLOWTHINK_MODELS_API_KEY'] = 'sk-secret';
    try { await train(job, 'environment').catch(() => {}); } finally { delete process.env['SLOWTHINK_MODELS_API_KEY']; }
    const names = JSON.parse(readFileSync(join(job.out, 'environment.json'), 'utf8')) as string[];
    expect(names).toContain('PATH');
    expect(names.filter((name) => name.startsWith('SLOWTHINK_'))).toEqual([]);
  });

  it('is not asked to train what cannot be trained', async () => {
    const { job, folder } = trainingFolder();
    const never = (change: object) => expect(train({ ...job, ...change }, 'train')).rejects;
    await never({ datasets: [join(folder, 'absent')] }).toMatchObject({ code: 'DIR_MISSING' });
    await never({ base: { model: join(folder, 'absent'), adapter: null } }).toMatchObject({ code: 'MODEL_FOLDER_WRONG' });
    await never({ task: 'rl' }).toMatchObject({ code: 'SETTING_INVALID', message: expect.stringContaining('task is "rl"; allowed: "sft", "prm", "dpo"') as string });
    await never({ out: join(folder, 'base/config.json') }).toMatchObject({ code: expect.stringMatching(/^DISK_/) as string });
    await expect(train(job, 'train', { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
    expect(existsSync(job.out)).toBe(false);
  });
});

describe('the template of a command', () => {
  const argvOf = async (template: string, change: Partial<TrainingJob> = {}): Promise<readonly string[]> => {
    const { job, folder } = trainingFolder(change);
    const recorder = join(folder, 'recorder');
    writeFileSync(recorder, '#!/bin/sh\nfor part in "$@"; do printf "%s\\n" "$part"; done\nexit 1\n');
    chmodSync(recorder, 0o755);
    await trainerForm(`command:'${recorder}' ${template}`, { lateMs: 0 }).train(job, { signal: new AbortController().signal }).catch(() => {});
    return readFileSync(join(job.out, 'trainer.log'), 'utf8').replaceAll(folder, 'FOLDER').trimEnd().split('\n').slice(1);
  };

  it('is cut into arguments before it is filled in: a path with spaces stays one, and no shell reads it', async () => {
    expect(await argvOf('{job} --out={out} "{task} of {config}" \'$(touch x)\' ${job} {} {job.id} >f ;')).toEqual(['FOLDER/out/job.json', '--out=FOLDER/out', 'sft of seed-cpu', '$(touch x)', '${job}', '{}', '{job.id}', '>f', ';']);
    expect(await argvOf('{out} {config}', { config: '/etc/my.json' })).toEqual(['FOLDER/out', '/etc/my.json']);
  });

  it.each([
    ['command:', 'the program is missing after "command:".'],
    ['command:train.sh', 'nothing tells the trainer which job it is: {job} is missing.'],
    ['command:train.sh {jobs}', '{jobs} is not known; there are {job}, {out}, {task}, {config}.'],
    ['command:train.sh "{job}', 'a quote (") is not closed.'],
    ['locally', '--trainer is "locally"; allowed: local, local:PATH_OF_PYTHON, command:PROGRAM ARGS… {job}.'],
    ['local:', '--trainer is "local:"'],
  ])('%j is refused with what is wrong', (text, message) => {
    expect(() => trainerForm(text)).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message: expect.stringContaining(message) as string }) as Error);
  });

  it('names a program that is there', async () => {
    const { signal } = new AbortController();
    expect(await trainerForm('command:sh train.sh {job}').check(signal)).toMatch(/^sh \(\/.*\/sh\)$/);
    await expect(trainerForm('command:no-such-program {job}').check(signal)).rejects.toMatchObject({ code: 'TRAINER_MISSING', message: 'There is no program no-such-program on the PATH.' });
    await expect(trainerForm('command:./no-such-program {job}').check(signal)).rejects.toMatchObject({ code: 'TRAINER_MISSING', message: 'There is no program ./no-such-program that can be run.' });
    await expect(trainerForm('command:no-such-program {job}').train(trainingFolder().job, { signal })).rejects.toMatchObject({ code: 'TRAINER_MISSING', message: 'no-such-program cannot be started: there is no such program.' });
  });
});
