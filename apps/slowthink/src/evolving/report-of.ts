// Records and evaluations of an evolution -> its report. Numbers are computed from what lies in the folder, so a report of a finished round never changes.
import { bestRound, stepsOfRound, type BegunRecord, type DoneRecord, type EvolutionReport, type Gain, type Kept, type Measured, type RoundReport, type Share } from '@slowthink/evolution';
import { columnsOf, compareEvaluations, type Average, type Estimate, type Evaluation, type ItemColumns, type SetResult } from '@slowthink/evaluation';
import { FaultError } from '@slowthink/faults';
import { itemsFileOf, readItems } from '@slowthink/results';
import { ruleNamed } from '@slowthink/decoding';
import { summaryBeside, type Summary } from '../evaluation/summary.ts';
import type { Evolution } from './evolution.ts';

type Done = ReadonlyMap<string, DoneRecord>;

/** How the models of each round are asked, by round. */
export type NamesOfRounds = ReadonlyMap<number, { readonly policy: string; readonly scorer: string | null }>;

/** Numbers of dev of every round that has them, in order: what decides which is kept. RESULTS_BROKEN. */
export function measuredRounds(evolution: Evolution, done: Done): readonly Measured[] {
  const { name } = ruleNamed(evolution.values['evolve.keepBy']);
  return roundsMeasured(done).map((round) => ({ round, value: sharesOf(summaryOf(evolution, round).evaluation)[name]?.accuracy ?? null }));
}

export const roundsMeasured = (done: Done): readonly number[] => [...done.keys()].filter((id) => id.endsWith('-dev')).map((id) => Number(id.split('-')[0])).sort((a, b) => a - b);

/** All there is to say. Reads the items of every round once; memory: the columns of two rounds. */
export async function reportOf(evolution: Evolution, { begun, done }: { readonly begun: ReadonlyMap<string, BegunRecord>; readonly done: Done }, names: NamesOfRounds, stopped: string | null): Promise<EvolutionReport> {
  const rounds: RoundReport[] = [];
  let before: readonly ItemColumns[] | undefined;
  for (const round of roundsMeasured(done)) {
    const columns = await columnsIn(evolution, round);
    rounds.push(roundReport(evolution, done, round, names, columns, before));
    before = columns;
  }
  return {
    v: 1, recipe: evolution.recipe.name, seed: evolution.values.seed, trainer: evolution.trainer.name, keepBy: ruleNamed(evolution.values['evolve.keepBy']).name, kept: keptOf(evolution, done, names), rounds, stopped,
    notes: notesOf(evolution, begun, done, rounds),
  };
}

/** The models in use: the best by dev of the rounds that are done. */
export function keptOf(evolution: Evolution, done: Done, names: NamesOfRounds): Kept {
  const measured = measuredRounds(evolution, done);
  const round = bestRound(measured);
  const { policy, scorer } = names.get(round) ?? { policy: evolution.values.policy, scorer: null };
  return { round, policy, scorer, by: ruleNamed(evolution.values['evolve.keepBy']).name, value: measured.find((one) => one.round === round)?.value ?? null, hashes: modelsOf(done, round) };
}

const modelsOf = (done: Done, round: number): Kept['hashes'] => Object.fromEntries(['sft', 'dpo', 'prm'].flatMap((task) => Object.entries(done.get(`${round}-${task}`)?.made ?? {})));

function roundReport(evolution: Evolution, done: Done, round: number, names: NamesOfRounds, columns: readonly ItemColumns[], before: readonly ItemColumns[] | undefined): RoundReport {
  const { values, recipe } = evolution;
  const { evaluation } = summaryOf(evolution, round);
  const records = stepsOfRound(recipe, round).flatMap(({ id, name }) => { const record = done.get(id); return record === undefined ? [] : [[name, record] as const]; });
  const facts = done.get(`${round}-run`)?.facts ?? {};
  const { policy, scorer } = names.get(round) ?? { policy: 'unknown', scorer: null };
  return {
    round, policy, scorer, questions: Number(done.get(`${round}-run`)?.units ?? 0) || null,
    rows: Object.fromEntries(Object.entries(facts).flatMap(([name, count]) => (name.endsWith(' rows') && Number(count) > 0 ? [[name.replace(/ rows$/, ''), Number(count)]] : []))),
    items: evaluation.items, candidates: evaluation.candidates, accuracies: sharesOf(evaluation),
    greedyGain: before === undefined ? null : gainOf(compareEvaluations(columns, before, { seed: values.seed, draws: values['evaluate.draws'], rules: [ruleNamed('greedy')] }).rules[0]!.all.difference),
    voteGain: voteGainOf(evaluation), minutes: Object.fromEntries(records.map(([name, { seconds }]) => [name, seconds / 60])),
    requests: records.reduce((sum, [, { requests }]) => sum + requests, 0), tokens: Object.fromEntries(records.filter(([, { tokens }]) => tokens > 0).map(([name, { tokens }]) => [name, tokens])),
    hashes: Object.fromEntries(records.flatMap(([, { made }]) => Object.entries(made))), report: `rounds/${round}/dev/results/report.html`,
  };
}

function summaryOf({ folder }: Evolution, round: number): Summary {
  const file = itemsFileOf(folder.path('rounds', String(round), 'dev'));
  const summary = summaryBeside(file);
  if (summary === undefined) throw new FaultError('RESULTS_BROKEN', `${file} has no summary beside it.`);
  return summary;
}

async function columnsIn({ folder }: Evolution, round: number): Promise<readonly ItemColumns[]> {
  const file = itemsFileOf(folder.path('rounds', String(round), 'dev'));
  const columns: ItemColumns[] = [];
  for await (const item of readItems(file, { sha256: summaryBeside(file)?.items.sha256 })) columns.push(columnsOf(item));
  return columns;
}

/** Accuracies over all items of dev, by rule; pass@N as "pass@16". */
function sharesOf({ sets, averages }: Evaluation): { readonly [rule: string]: Share } {
  const of: SetResult | Average = averages.find(({ name }) => name === 'micro') ?? sets[0]!;
  const share = ({ value, low, high }: Estimate): Share => ({ accuracy: value, low, high });
  const oracle = of.pass.at(-1);
  return { ...Object.fromEntries(of.rules.map(({ rule, accuracy }) => [rule, share(accuracy)])), ...(oracle === undefined ? {} : { [`pass@${oracle.k}`]: share(oracle.passAtK) }) };
}

const gainOf = ({ value, low, high }: Estimate): Gain => ({ difference: value, low, high });

/** vote-sum (min) minus maj@N, whichever way round the evaluation has them. */
function voteGainOf({ paired }: Evaluation): Gain | null {
  const found = paired.find(({ a, b }) => (a === 'vote-sum-min' && b === 'maj') || (a === 'maj' && b === 'vote-sum-min'));
  if (found === undefined) return null;
  const { difference, low, high } = gainOf(found.difference);
  if (found.a === 'vote-sum-min') return { difference, low, high };
  const turned = (share: number | null): number | null => (share === null ? null : 0 - share);
  return { difference: turned(difference), low: turned(high), high: turned(low) };
}

function notesOf({ pool, dev, values, recipe }: Evolution, begun: ReadonlyMap<string, BegunRecord>, done: Done, rounds: readonly RoundReport[]): readonly string[] {
  const cut = [...done].filter(([, { facts }]) => facts['ended'] === 'max-minutes').map(([id]) => id);
  const loose = [...done].filter(([, { facts }]) => facts['deterministic'] === 'no').map(([id]) => id);
  const settings = settingsThatDiffer([...begun.values()].filter(({ step }) => done.get(step)?.skipped === null));
  const skipped = [...done].filter(([, { skipped: why }]) => why !== null).map(([id, { skipped: why }]) => `${id}: ${why}`);
  const failed = [...done].filter(([id, { facts }]) => id.endsWith('-dev') && Number(facts['failed'] ?? 0) > 0).map(([id, { facts }]) => `${facts['failed']} in ${id}`);
  return [
    `Every number is of ${dev.sets.join(', ')} (${dev.count} items), which also decides which round is kept: the kept round's own number is a little too good. A test set, decoded once at the end, has the number to report.`,
    'Gains are paired over the same items, with 95 % intervals by bootstrap over items at fixed weights: they say nothing about other training seeds.',
    ...(rounds.length > 1 && recipe.asking[0] !== recipe.asking[1] ? ['The base is asked with an instruction and a worked example, trained policies with the bare question they were trained on: the first greedy gain is one of both together.'] : []),
    ...(pool.onDev > 0 ? [`${pool.onDev} of the questions ask what an item of dev asks, and were left out.`] : []),
    ...(pool.badRows > 0 ? [`${pool.badRows} rows of --questions gave no question.`] : []),
    ...(cut.length > 0 ? [`Trainings that --max-minutes ${values['evolve.maxMinutes']} ended before their last epoch: ${cut.join(', ')}. Another machine would give other weights.`] : []),
    ...(loose.length > 0 ? [`Trainings that say that the same job may give other weights: ${loose.join(', ')}.`] : []),
    ...(settings.length > 0 ? [`Trainings of the same kind had different settings (--train): ${settings.join('; ')}.`] : []),
    ...(skipped.length > 0 ? [`Left out: ${skipped.join('; ')}.`] : []),
    ...(failed.length > 0 ? [`Items of dev without a verdict, which are in no number: ${failed.join(', ')}.`] : []),
  ];
}

/** Of every kind of training whose rounds have not all the same settings: what each had. */
function settingsThatDiffer(trained: readonly BegunRecord[]): readonly string[] {
  const jobs = trained.flatMap(({ step, job }) => (job === null ? [] : [{ step, task: job.task, text: Object.entries(job.settings).map(([name, value]) => `${name}=${String(value)}`).sort().join(' ') || 'none' }]));
  return [...Map.groupBy(jobs, ({ task }) => task).values()].flatMap((ones) => (new Set(ones.map(({ text }) => text)).size > 1 ? ones.map(({ step, text }) => `${step}: ${text}`) : []));
}
