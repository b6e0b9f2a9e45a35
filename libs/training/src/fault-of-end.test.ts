import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faultOfEnd } from './fault-of-end.ts';
import { trainingFolder } from './testing/training-folder.ts';

test.each<readonly [name: string, told: string | undefined, end: { readonly code?: number; readonly signal?: NodeJS.Signals; readonly said?: string }, code: string, message: string, hint: RegExp]>([
  ['a code of this product', '{"code": "DATASET_EMPTY", "message": "No row is left: 7 are longer than the context"}', { code: 3 }, 'DATASET_EMPTY', 'The training in OUT failed: No row is left: 7 are longer than the context.', /No row of any kind/],
  ['a code of its own', '{"code": "LOSS_NO_NUMBER", "message": "The loss is no number.", "hint": "Lower rate."}', { code: 1 }, 'TRAINER_FAILED', 'The training in OUT failed: LOSS_NO_NUMBER The loss is no number.', /^Lower rate\.$/],
  ['what the product has under another name', '{"code": "OUT_FOREIGN", "message": "OUT holds the checkpoint of another job."}', { code: 2 }, 'TRAINING_FOREIGN', 'The training in OUT failed: OUT holds the checkpoint of another job.', /another folder/],
  ['a code that every object has', '{"code": "toString", "message": "Odd."}', { code: 1 }, 'TRAINER_FAILED', 'The training in OUT failed: toString Odd.', /checkpoint/],
  ['an error.json that is cut off', '{"code": "LOSS', { code: 1, said: 'Traceback (most recent call last):\n  File "main.py", line 3\n    train()\nValueError: torn' }, 'TRAINER_FAILED', 'The trainer "local" ended with exit code 1 (the training failed). It printed: ValueError: torn. OUT/trainer.log holds all that it said.', /checkpoint/],
  ['an error.json without words', '{"code": "DISK_FULL"}', { code: 2 }, 'TRAINER_FAILED', 'The trainer "local" ended with exit code 2 (the job is wrong). It printed nothing. OUT/trainer.log holds all that it said.', /checkpoint/],
  ['a full disk', undefined, { code: 1, said: 'OSError: [Errno 28] No space left on device' }, 'DISK_FULL', 'The trainer "local" found no space left in OUT. It printed: OSError: [Errno 28] No space left on device.', /Free some space/],
  ['a package that is not there', undefined, { code: 1, said: "ModuleNotFoundError: No module named 'peft'\n" }, 'TRAINER_MISSING', "The trainer \"local\" cannot import what it needs: No module named 'peft'. OUT/trainer.log holds all that it said.", /requirements/],
  ['SIGKILL', undefined, { signal: 'SIGKILL' }, 'TRAINER_FAILED', 'The trainer "local" was ended by SIGKILL. It printed nothing.', /out of memory/],
  ['SIGKILL as a wrapper tells it', undefined, { code: 137, said: 'slurmstepd: error: Detected 1 oom_kill event' }, 'TRAINER_FAILED', 'The trainer "local" ended with exit code 137 (killed by SIGKILL). It printed: slurmstepd: error: Detected 1 oom_kill event. OUT/trainer.log holds all that it said.', /out of memory/],
  ['a stop that nobody here asked for', undefined, { code: 130 }, 'TRAINER_FAILED', 'The trainer "local" ended with exit code 130 (it was stopped by a signal). It printed nothing. OUT/trainer.log holds all that it said.', /goes on from the checkpoint/],
  ['a code that means nothing', undefined, { code: 42 }, 'TRAINER_FAILED', 'The trainer "local" ended with exit code 42. It printed nothing. OUT/trainer.log holds all that it said.', /checkpoint/],
])('%s is told as such', async (_name, told, { code = null, signal = null, said = '' }, faultCode, message, hint) => {
  const { job: { out } } = trainingFolder();
  mkdirSync(out);
  if (told !== undefined) writeFileSync(join(out, 'error.json'), told);
  const fault = await faultOfEnd('local', out, { code, signal, said });
  expect({ code: fault.code, message: fault.message.replaceAll(out, 'OUT') }).toEqual({ code: faultCode, message });
  expect(fault.hint).toMatch(hint);
});
