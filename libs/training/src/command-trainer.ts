import { FaultError } from '@slowthink/faults';
import { findProgram } from '@slowthink/programs';
import { fillTemplate, splitCommand } from '@slowthink/settings';
import { trainJob } from './train-job.ts';
import type { Trainer } from './trainer.ts';
import type { TrainerOptions } from './trainer-form.ts';

const place = { before: '--trainer "command:', hint: 'Write it as command:PROGRAM ARGS… with {job} where the path of the job file goes, for example command:sbatch --wait train.sh {job} (docs/training.md).' };
const names = ['job', 'out', 'task', 'config'] as const;

/**
 * A command that trains somewhere else: Slurm, Kubernetes, Ray, a host behind ssh. The template is cut into program and arguments first and filled in then, so no path can become two arguments, and no shell reads any of it.
 * The folders of the job have to be the same there as here. SETTING_INVALID.
 */
export function commandTrainer(text: string, { graceMs = 120_000, lateMs = 10_000, say = () => {} }: TrainerOptions = {}): Trainer {
  const name = `command:${text}`;
  const template = splitCommand(text, place);
  const filled = fillTemplate(template, names, place, text);
  if (!template.some((part) => /\{(job|out)\}/.test(part))) throw new FaultError('SETTING_INVALID', `${place.before}${text}": nothing tells the trainer which job it is: {job} is missing.`, { hint: place.hint });
  return {
    name,
    check: async () => {
      const found = findProgram(template[0]!);
      if (found === undefined) throw new FaultError('TRAINER_MISSING', `There is no program ${template[0]} ${/[/\\]/.test(template[0]!) ? 'that can be run' : 'on the PATH'}.`, { hint: 'Install it, or correct --trainer.' });
      return `${template[0]} (${found})`;
    },
    checkSettings: () => {},
    train: (job, watch) => trainJob(job, watch, { name, graceMs, lateMs, say, command: async ({ out, task, config }, path) => ({ argv: filled({ job: path, out, task, config }), env: {} }) }),
  };
}
