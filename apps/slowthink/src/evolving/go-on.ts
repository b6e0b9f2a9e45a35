// From where the records say it stands to the end, a budget, a stop or a fault.
import { addCosts, estimateStep, findMixed, isStalled, nextStep, stepsOf, type DoneRecord, type EvolutionReport, type Step } from '@slowthink/evolution';
import { FaultError } from '@slowthink/faults';
import { writeWhole } from '@slowthink/results';
import { onStorage } from '@slowthink/tables';
import { formatDuration } from '@slowthink/telemetry';
import type { Evolution } from './evolution.ts';
import type { EvolutionView } from './evolution-view.ts';
import { namesMeasured, namesOfModels } from './names-of-models.ts';
import { roundText } from './describe-evolution.ts';
import { hashesNow, performStep } from './perform-step.ts';
import { keptOf, measuredRounds, reportOf } from './report-of.ts';
import { workOf } from './step-work.ts';
import { knownOf, whyNotBegun } from './why-not-begun.ts';
import type { Names } from './work.ts';

export interface Came { readonly report: EvolutionReport; readonly drained: boolean }

/**
 * Does what is not done, step after step; the report and the models in use are written after every round. Faults: EVOLVE_MIXED where records or files do not fit each other, before anything is done; those of a step, after which
 * the round stays resumable and best.json names what it named before.
 */
export async function goOn(evolution: Evolution, view: EvolutionView, signal: AbortSignal): Promise<Came> {
  const { folder, recipe, rounds, values } = evolution;
  const steps = stepsOf(recipe, rounds);
  await refuseMixed(evolution, steps);
  let records = folder.records();
  const names = namesOfModels(evolution, () => records.done);
  let stopped: string | null = null, drained = false;
  for (let step = nextStep(steps, records); step !== undefined; step = nextStep(steps, records)) {
    if (signal.aborted) { drained = true; break; }
    if (step.name === 'questions' && isStalled(measuredRounds(evolution, records.done), values['evolve.patience'])) { stopped = `Round ${step.round} was not begun: ${values['evolve.patience']} ${values['evolve.patience'] === 1 ? 'round' : 'rounds'} in a row brought nothing better on dev (--patience).`; break; }
    const why = whyNotBegun(step, evolution, records.done);
    if (why !== undefined) { stopped = `${step.name === 'questions' ? `Round ${step.round}` : `The step ${step.name} of round ${step.round}`} was not begun: ${why}. The same command with more (--max-minutes, --budget-tokens) goes on.`; break; }
    view.begin(step, ...leftAt(step, steps, evolution, records.done));
    try {
      if (isTraining(step)) await Promise.all([evolution.serving.close(), evolution.scorerServing.close()]); // a server that was started here holds the memory that the training wants; the next model that is asked is another one
      const work = await workOf(step, evolution, records.done, names, signal);
      const record = await performStep(step, work, folder, records.begun.get(step.id), { signal, ...view.watch });
      records = folder.records();
      if (record === undefined) { drained = true; break; }
      view.end(step);
      const report = step.name === 'dev' ? await writeReports(evolution, records, null) : undefined;
      view.log(`${step.round === 0 ? 'Base' : `Round ${step.round}`}, ${step.name}: ${record.skipped === null ? `done in ${formatDuration(record.seconds * 1000)}` : `nothing to do, ${record.skipped}`}.${report === undefined ? '' : ` ${roundText(report, step.round)}`}`);
    } catch (error) {
      if (signal.aborted && error === signal.reason) { drained = true; break; }
      throw withKept(error, step, evolution, records);
    }
  }
  const report = await writeReports(evolution, records, stopped);
  if (!drained) await leaveKept(evolution, report, names, signal);
  return { report, drained };
}

/** Servers that stay have the models of the last round: they get those of the kept one, which stay in use. Where that is the base nothing is served for it: it is asked as --policy says. */
export async function leaveKept({ serving, scorerServing }: Pick<Evolution, 'serving' | 'scorerServing'>, { kept, rounds }: Pick<EvolutionReport, 'kept' | 'rounds'>, names: Names, signal: AbortSignal): Promise<void> {
  if (kept.round === 0 || kept.round === rounds.at(-1)?.round) return;
  if (staysBehind(serving)) await names.policy(kept.round, signal);
  if (staysBehind(scorerServing)) await names.scorer(kept.round, signal);
}

const staysBehind = ({ name, lasts }: Evolution['serving']): boolean => name !== 'embedded' && lasts();
const isTraining = ({ name }: Step): boolean => name === 'sft' || name === 'dpo' || name === 'prm';

/** Minutes of a step, and of all that come after it. */
function leftAt(step: Step, steps: readonly Step[], evolution: Evolution, done: ReadonlyMap<string, DoneRecord>): [number | null, number | null] {
  const ended = [...done.values()], known = knownOf(evolution);
  const cost = (one: Step) => estimateStep(one, evolution.recipe, evolution.sizes, ended, known);
  return [cost(step).minutes, addCosts(steps.slice(steps.indexOf(step) + 1).map(cost)).minutes];
}

async function refuseMixed({ folder }: Evolution, steps: readonly Step[]): Promise<void> {
  const records = folder.records();
  const mixed = findMixed(steps, records, await hashesNow(folder, records.done));
  if (mixed !== undefined) throw new FaultError('EVOLVE_MIXED', `${folder.dir}: ${mixed.why} (${mixed.file}, step ${mixed.step}).`);
}

/** The fault, and what is still in use. */
function withKept(error: unknown, step: Step, evolution: Evolution, { done }: ReturnType<Evolution['folder']['records']>): unknown {
  if (!(error instanceof FaultError)) return error;
  const inUse = measuredRounds(evolution, done).length === 0 ? '' : (({ round, policy }) => ` In use stays ${round === 0 ? 'the base' : `round ${round}`}: ${policy}.`)(keptOf(evolution, done, namesMeasured(done)));
  const hint = error.code === 'TRAINER_FAILED' ? `${error.hint} Here another hyper-parameter is the same command with --train ${step.name}.NAME=VALUE.` : error.hint;
  return new FaultError(error.code, `Round ${step.round}, ${step.name}: ${error.message}${inUse}`, { cause: error, hint });
}

/** report.json, report.html and best.json, each whole or not at all. */
async function writeReports(evolution: Evolution, records: ReturnType<Evolution['folder']['records']>, stopped: string | null): Promise<EvolutionReport> {
  const { folder } = evolution;
  const report = await reportOf(evolution, records, namesMeasured(records.done), stopped);
  if (report.rounds.length === 0) return report;
  await folder.writeJson('best.json', { v: 1, ...report.kept });
  await folder.writeJson('report.json', report);
  const { writeEvolutionReport } = await import('@slowthink/report'); // brings the plots, a quarter of a second
  const path = folder.path('report.html');
  await onStorage(path, () => writeWhole(path, writeEvolutionReport(report)));
  return report;
}

