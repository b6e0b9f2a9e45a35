// What --trainer may name: one row a form.
import { FaultError } from '@slowthink/faults';
import { commandTrainer } from './command-trainer.ts';
import { localTrainer } from './local-trainer.ts';
import type { Trainer } from './trainer.ts';

export interface TrainerOptions {
  /** From asking a trainer to stop until it is killed. Default 60 s, for a command 120 s. */
  readonly graceMs?: number;
  /** How long a command's manifest may take to be seen after it has ended. Default 10 s. */
  readonly lateMs?: number;
  /** Gets a line about what takes long or is unusual. */
  readonly say?: (line: string) => void;
  /** As the setting names it. */
  readonly name?: string;
  /** Folder of main.py and requirements.txt. Default tools/training. */
  readonly program?: string;
  /** Where the private Python is kept. */
  readonly cacheFolder?: string;
  /** Pythons that the private one may be made of. Default: those on the PATH. */
  readonly pythons?: readonly string[];
}

interface TrainerForm {
  /** As it is typed. */
  readonly form: string;
  readonly takes: (text: string) => boolean;
  readonly make: (text: string, options: TrainerOptions) => Trainer;
}

const forms: readonly TrainerForm[] = [
  { form: 'local', takes: (text) => text === 'local', make: (text, options) => localTrainer(process.env['SLOWTHINK_PYTHON'] || undefined, { ...options, name: text }) },
  { form: 'local:PATH_OF_PYTHON', takes: (text) => /^local:./.test(text), make: (text, options) => localTrainer(text.slice('local:'.length), { ...options, name: text }) },
  { form: 'command:PROGRAM ARGS… {job}', takes: (text) => text.startsWith('command:'), make: (text, options) => commandTrainer(text.slice('command:'.length), options) },
];

/** The trainer that a text names; nothing is started. SETTING_INVALID names every form. */
export function trainerForm(text: string, options: TrainerOptions = {}): Trainer {
  const found = forms.find(({ takes }) => takes(text));
  if (found === undefined) throw new FaultError('SETTING_INVALID', `--trainer is ${JSON.stringify(text)}; allowed: ${forms.map(({ form }) => form).join(', ')}.`, { hint: 'Leave --trainer out for a Python on this machine: local.' });
  return found.make(text, options);
}
