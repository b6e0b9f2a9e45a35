// A shell script stands for a Python, since npm test needs none; it trains by testing/trainer.fixture.ts. The real one: python-trainer.long-test.ts.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trainerForm, type TrainerOptions } from './trainer-form.ts';
import { trainingFolder } from './testing/training-folder.ts';

const fixture = fileURLToPath(new URL('testing/trainer.fixture.ts', import.meta.url));

describe('a Python that trains', () => {
  /** Answers `-c` with what it is, runs main.py as a training. */
  const pythonOf = (folder: string, look: object): string => {
    const path = join(folder, 'python');
    writeFileSync(path, `#!/bin/sh\nif [ "$1" = -c ]; then echo 'a warning'; echo '${JSON.stringify(look)}'; else echo "threads $OMP_NUM_THREADS offline $HF_HUB_OFFLINE"; exec "${process.execPath}" "${fixture}" "$2"; fi\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const good = { version: [3, 11, 7], found: { torch: '2.15.0', numpy: '2.4.6' }, broken: null };
  const programOf = (folder: string): string => { mkdirSync(join(folder, 'program')); for (const [name, text] of [['main.py', ''], ['requirements.in', '# what\ntorch==2.15.0\nnumpy==2.4.6\n'], ['requirements.txt', 'nothing==1\n']] as const) writeFileSync(join(folder, 'program', name), text); return join(folder, 'program'); };
  const { signal } = new AbortController();

  const before = process.env['SLOWTHINK_PYTHON'];
  beforeEach(() => { delete process.env['SLOWTHINK_PYTHON']; });
  afterEach(() => { if (before !== undefined) process.env['SLOWTHINK_PYTHON'] = before; });

  it('is named, says what it is, and trains', async () => {
    const { job, folder } = trainingFolder({ threads: 2 });
    const trainer = trainerForm(`local:${pythonOf(folder, good)}`, { program: programOf(folder) });
    expect(await trainer.check(signal)).toBe('Python 3.11.7, torch 2.15.0');
    expect(await trainer.train(job, { signal })).toMatchObject({ threads: 2 });
    expect(readFileSync(join(job.out, 'trainer.log'), 'utf8')).toContain('threads 2 offline 1\n');
  });

  it('may be named by SLOWTHINK_PYTHON', async () => {
    const { folder } = trainingFolder();
    process.env['SLOWTHINK_PYTHON'] = pythonOf(folder, good);
    expect(await trainerForm('local', { program: programOf(folder) }).check(signal)).toBe('Python 3.11.7, torch 2.15.0');
  });

  it.each<readonly [string, object, string]>([
    ['too old', { ...good, version: [3, 10, 4] }, 'PYTHON is Python 3.10.4; training needs 3.11 or newer.'],
    ['without a package', { ...good, found: { torch: null, numpy: '2.4.6' } }, 'PYTHON lacks torch.'],
    ['with a broken torch', { ...good, broken: 'OSError: libcudart.so.13: cannot open shared object file' }, 'PYTHON cannot import torch: OSError: libcudart.so.13: cannot open shared object file.'],
    ['that is none', {}, ''],
  ])('%s is TRAINER_MISSING', async (name, look, message) => {
    const { folder } = trainingFolder();
    const path = name === 'that is none' ? join(folder, 'absent') : pythonOf(folder, look);
    await expect(trainerForm(`local:${path}`, { program: programOf(folder) }).check(signal)).rejects.toMatchObject({ code: 'TRAINER_MISSING', message: message === '' ? `There is no Python at ${path} (spawn ${path} ENOENT).` : message.replace('PYTHON', path) });
  });

  it('is made once, of one that is new enough, when the first job comes', async () => {
    const { job, folder } = trainingFolder();
    const cacheFolder = join(folder, 'cache'), said: string[] = [];
    const inVenv = join(folder, 'venv-python'), base = join(folder, 'base-python');
    writeFileSync(inVenv, `#!/bin/sh\n[ "$1" = -m ] && exit 0\nexec "${pythonOf(folder, good)}" "$@"\n`);
    writeFileSync(base, `#!/bin/sh\nif [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "${inVenv}" "$3/bin/python"; else echo 3.12; fi\n`);
    for (const path of [inVenv, base]) chmodSync(path, 0o755);
    const options: TrainerOptions = { program: programOf(folder), cacheFolder, pythons: [base], say: (line) => said.push(line) };
    expect(await trainerForm('local', options).check(signal)).toBe(`a private Python, made of ${base} by the first training (6 GB, once)`);
    expect(await trainerForm('local', options).train(job, { signal })).toMatchObject({ task: 'sft' });
    expect(said).toEqual(['Setting up the Python that trains (6 GB, once) …']);
    expect(await trainerForm('local', options).check(signal)).toBe('Python 3.11.7, torch 2.15.0');
    await expect(trainerForm('local', { ...options, cacheFolder: join(folder, 'other'), pythons: [join(folder, 'absent')] }).check(signal)).rejects.toMatchObject({ code: 'TRAINER_MISSING', message: 'Training needs Python 3.11 or newer; there is no python3 on the PATH. Install it and try again.' });
  });

  it('needs the program that it runs', async () => {
    const { folder } = trainingFolder();
    await expect(trainerForm(`local:${pythonOf(folder, good)}`, { program: folder }).check(signal)).rejects.toMatchObject({ code: 'TRAINER_MISSING', message: `There is no ${folder}/main.py.` });
  });
});
