import { estimateStep, questionsSearched, roundsRead, spentBy, stepsOfRound, type Step } from '@slowthink/evolution';
import { FaultError } from '@slowthink/faults';
import type { TrainingJob } from '@slowthink/records';
import { endWithProcess } from './end-with-process.ts';
import { outOf, policyOf, trainedIn, type Evolution, type ModelPlace } from './evolution.ts';
import { overridesOf } from './evolution-settings.ts';
import { knownOf } from './why-not-begun.ts';
import { hashOf, mend, whole, type Done, type Work } from './work.ts';

/** Tables whose rows a task learns from. DPO takes pairs of steps too: meds3-v4, which alone has DPO, is step-level, and its configuration has `steps`. `--train dpo.steps=false` leaves them out. */
const tablesOf = (task: 'sft' | 'dpo' | 'prm', settings: TrainingJob['settings']): readonly string[] => (task !== 'dpo' ? [task] : settings['steps'] === false ? ['preference'] : ['preference', 'preference_steps']);
const lacking = { sft: 'no right chain', dpo: 'no preference pair', prm: 'no chain with values' } as const;

/** A job for the trainer, on the sealed rows of this round or of all so far. DATASET_EMPTY: no row; DPO without pairs is left out instead. */
export function trainingWork({ round, id }: Step, task: 'sft' | 'dpo' | 'prm', evolution: Evolution, done: Done): Work {
  const { folder, recipe, values, sizes, trainer, base, serving, scorerServing } = evolution;
  const rounds = roundsRead(task === 'prm' ? recipe.scorerRows : recipe.policyRows, round);
  const datasets = rounds.map((one) => `rounds/${one}/run/dataset`);
  const settings = overridesOf(values['evolve.train'], task);
  const rows = rounds.reduce((sum, one) => sum + tablesOf(task, settings).reduce((more, table) => more + Number(done.get(`${one}-run`)?.facts[`${table} rows`] ?? 0), 0), 0);
  const from: ModelPlace = task === 'dpo' ? trainedIn(folder, done, round, 'sft') : task === 'prm' ? policyOf(evolution, done, round) : recipe.policyFrom === 'base' || round === 1 ? base : policyOf(evolution, done, round - 1);
  const out = `rounds/${round}/${outOf[task]}`;
  const job: TrainingJob = {
    v: 1, task, config: recipe.training, settings, base: { model: from.model, adapter: from === base ? base.adapter : null }, datasets: datasets.map((name) => folder.path(name)), out: folder.path(out),
    seed: values['evolve.trainingSeed'], threads: values['evolve.trainingThreads'], maxMinutes: minutesFor(id, evolution, done), export: (task === 'prm' ? scorerServing : serving).name === 'embedded' ? 'onnx' : 'none',
  };
  return {
    command: ['trainer', trainer.name, folder.path(out, 'job.json')], used: { [from.name]: from.sha256, ...Object.fromEntries(datasets.map((name) => [name, hashOf(done, name)])) }, makes: [`${out}/model`, `${out}/adapter`], units: rounds.reduce((sum, one) => sum + questionsSearched(recipe, sizes, one), 0), job,
    perform: async (watch) => {
      if (rows === 0 && task === 'dpo') return { ...whole, skipped: `${lacking.dpo} in round ${rounds.join(' and ')}`, facts: { rows: 0 } };
      if (rows === 0) throw new FaultError('DATASET_EMPTY', `Round ${round} has ${lacking[task]} to train a ${task === 'prm' ? 'step scorer' : 'policy'} on.`, { hint: mend });
      try {
        const { tokens, data, steps, loss, stopped, deterministic, seconds } = await endWithProcess(job.out, () => trainer.train(job, { signal: watch.signal, makeRoom: true, onProgress: watch.onTraining }));
        return { ...whole, tokens, seconds, facts: { rows: data.rows, 'rows used': data.used, updates: steps, 'first loss': loss.first, 'last loss': loss.last, ended: stopped, deterministic: deterministic ? 'yes' : 'no' } };
      } catch (error) {
        if (!watch.signal.aborted || error instanceof FaultError) throw error;
        return { ...whole, drained: true };
      }
    },
  };
}

/** Minutes that a training may take: what the budget leaves after it and what still has to be done in its round, at least one. null without a budget. It follows from the budget and what is done, so a job that goes on is the same job. */
function minutesFor(id: string, { values, recipe, sizes }: Evolution, done: Done): number | null {
  const budget = values['evolve.maxMinutes'];
  if (budget === null) return null;
  const ended = [...done.values()];
  const rest = stepsOfRound(recipe, Number(id.split('-')[0])).filter(({ id: other }) => other !== id && !done.has(other)).reduce((sum, step) => sum + (estimateStep(step, recipe, sizes, ended, knownOf({ values, recipe })).minutes ?? 0), 0);
  return Math.max(1, Math.round((budget - spentBy(ended).minutes - rest) * 10) / 10);
}
