// A trainer for tests: node trainer.fixture.ts JOB [WHAT IT DOES]. It keeps the contract of docs/training.md, or breaks it in one way.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeTraining } from './write-training.ts';

const [, self, path = '', does = 'train'] = process.argv;
const job = JSON.parse(readFileSync(path, 'utf8'));
const write = (name: string, value: unknown): void => writeFileSync(join(dirname(path), name), typeof value === 'string' ? value : JSON.stringify(value));
const progress = (phase: string, step: number): void => write('progress.json', { phase, step, steps: 3, loss: 0.5, tokensPerSecond: 100, secondsLeft: 1 });
const forEver = (): void => { setInterval(() => {}, 1000); };

switch (does) {
  case 'train': console.log('training'); progress('done', 3); writeTraining(job); break;
  case 'slowly': progress('loading', 0); setTimeout(() => progress('training', 2), 300); setTimeout(() => { progress('done', 3); writeTraining(job); }, 600); break;
  case 'lie': writeTraining(job, (manifest) => ({ ...manifest, seed: 99 })); break;
  case 'nothing': console.log('Submitted batch job 17'); break;
  case 'late': writeTraining({ ...job, out: join(job.out, 'elsewhere') }); spawn(process.execPath, [self!, path, 'late part'], { detached: true, stdio: 'ignore' }).unref(); break;
  case 'late part': setTimeout(() => writeTraining(job), 300); break;
  case 'error': write('error.json', { code: 'LOSS_NO_NUMBER', message: 'The loss is no number at step 12', hint: 'Lower rate.' }); process.exitCode = 1; break;
  case 'empty': write('error.json', { code: 'DATASET_EMPTY', message: 'No row is left: 7 are longer than the context.' }); process.exitCode = 3; break;
  case 'half': write('error.json', '{"code": "LOSS'); console.error('Traceback (most recent call last):\n  File "main.py", line 3\nValueError: torn'); process.exitCode = 1; break;
  case 'space': console.error('OSError: [Errno 28] No space left on device'); process.exitCode = 1; break;
  case 'import': console.error("Traceback (most recent call last):\n  File \"main.py\", line 3\nModuleNotFoundError: No module named 'peft'"); process.exitCode = 1; break;
  case 'code': process.exitCode = 2; break;
  case 'killed': process.kill(process.pid, 'SIGKILL'); break;
  case 'checkpoint': // writes one when it is told to end, and goes on from it
    if (existsSync(join(job.out, 'checkpoint'))) { writeTraining(job); break; }
    process.on('SIGTERM', () => { write('checkpoint', 'half'); process.exit(130); });
    progress('training', 1);
    forEver();
    break;
  case 'tardy': process.on('SIGTERM', () => setTimeout(() => { write('checkpoint', 'half'); process.exit(130); }, 300)); progress('training', 1); forEver(); break;
  case 'deaf': process.on('SIGTERM', () => {}); progress('training', 1); forEver(); break;
  case 'environment': write('environment.json', Object.keys(process.env)); process.exitCode = 1; break;
  default: throw new Error(`${does}?`);
}
