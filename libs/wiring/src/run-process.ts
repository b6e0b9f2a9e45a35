// One process of the stream: some stages on one broker, from start to drained.
import type { Broker } from '@slowthink/broker';
import { FaultError, crossPoint } from '@slowthink/faults';
import type { Topic } from '@slowthink/records';
import { checkLedgers, keepRetention, lagAdmission, readLag, runStages, type RunOptions, type StageReport } from '@slowthink/runtime';
import type { Observer } from '@slowthink/stream';
import { flows, type Flow } from './flows.ts';
import { openResources, type Resources } from './resources.ts';
import type { RunSettings } from './run-settings.ts';
import { needsOf, type StageSetupOf } from './stage-process.ts';
import type { Watch } from './watch-run.ts';

export interface ProcessOptions {
  readonly settings: RunSettings;
  readonly broker: Broker;
  /** The flow that the stages are part of. */
  readonly flow?: Flow;
  readonly stages: readonly StageSetupOf[];
  readonly until: RunOptions['until'];
  readonly watch: Watch;
  /** Aborted: the process drains. Aborted before its stages run: it ends with the signal's reason. */
  readonly stop: AbortSignal;
}

export interface ProcessReport {
  readonly stages: readonly StageReport[];
  /** True when a signal or the budget ended it before its input did. */
  readonly drained: boolean;
  readonly run: Resources['run'];
  readonly paths: Resources['paths'];
}

const retentionEveryMs = 60_000;

/** Runs until the input has ended, a signal or the budget drains it, or a fault of the environment stops it. Law 1 is checked at the end: LEDGER_BROKEN. */
export async function runProcess({ settings, broker, flow = flows.run, stages, until, watch, stop }: ProcessOptions): Promise<ProcessReport> {
  let overBudget = () => {};
  const resources = await openResources(settings, broker, budgetWatch(settings, watch, () => overBudget()), needsOf(stages, settings), stop, flow);
  try {
    const setups = await Promise.all(stages.map(({ setup }) => setup(resources)));
    const lag = lagAdmission({ broker, downstream: flow.stages.slice(1), lagMax: settings['stream.lagMax'], everyMs: 250 });
    const admit = async (topic: Topic, signal: AbortSignal): Promise<void> => { if (topic === flow.source) await lag(signal); };
    const commit = { records: settings['stream.commitRecords'], ms: settings['stream.commitMs'], pendingMax: 2 * settings['stream.commitRecords'] /* one batch being committed, one being filled (law 2) */, giveUpMs: settings['models.giveUpMs'] };
    const running = await runStages(setups, { broker, observer: resources.observer, commit, admit, until, drainMs: settings['stream.drainMs'] });
    crossPoint('stages.running');
    watch.follow({ states: running.states, lag: () => readLag(broker, flow.stages.filter(({ name }) => stages.some((own) => own.name === name))) });
    const retentionMs = settings['stream.retention'];
    const keeping = retentionMs !== null && stages.some(({ name }) => name === flow.stages[0].name) // whoever takes the questions in; one process is enough, more do no harm
      ? keepRetention({ broker, stages: flow.stages, topics: flow.topics, retentionMs, everyMs: retentionEveryMs, observer: resources.observer }) : undefined;
    let drained = false;
    const drain = (why?: string): void => { if (!drained) { drained = true; if (why !== undefined) watch.log(why); running.drain(); } };
    overBudget = () => drain(`MODEL_BUDGET_SPENT The budget of ${settings['models.budgetTokens']} tokens is used up. Draining: calls in flight are finished. The same command with a higher --budget-tokens goes on.`);
    const stopped = (): void => drain();
    stop.addEventListener('abort', stopped);
    if (stop.aborted) drain();
    try {
      const reports = await running.over;
      crossPoint('stages.over');
      checkLedgers(reports);
      return { stages: reports, drained, run: resources.run, paths: resources.paths };
    } finally {
      stop.removeEventListener('abort', stopped);
      keeping?.stop();
    }
  } finally {
    await resources.close();
  }
}

/** Adds up what replies cost; the run drains when the budget is used up, so that answers already paid for are kept. */
function budgetWatch(settings: RunSettings, watch: Watch, spent: () => void): Observer {
  const budget = settings['models.budgetTokens'];
  if (budget === null) return watch.observer;
  let tokens = 0;
  return (signal) => {
    watch.observer(signal);
    if (signal.kind !== 'request') return;
    tokens += (signal.promptTokens ?? 0) + (signal.completionTokens ?? 0);
    if (tokens >= budget) spent();
  };
}

/** What must hold once a whole run has ended: every announced question was settled, and no stage left a record unread. LEDGER_BROKEN names what is missing. */
export async function checkComplete(broker: Broker, { source, stages }: Flow = flows.run): Promise<void> {
  const [{ name: first }] = stages;
  for (const { stage, partition, positions, ledger, notes } of await broker.progress()) {
    const announced = (notes['announced'] as { readonly [topic: string]: number } | undefined)?.[source.name];
    if (stage !== first || announced === undefined || positions[source.name]?.unsettled.length !== 0) continue;
    if (announced > ledger.in) throw new FaultError('LEDGER_BROKEN', `${first} settled ${ledger.in} questions of partition ${partition}; the ends of the topic announced ${announced}.`);
  }
  if (!broker.exclusive) return; // elsewhere offsets have holes, and others may write
  const unread = (await readLag(broker, stages)).filter(({ lag }) => lag > 0);
  if (unread.length > 0) throw new FaultError('LEDGER_BROKEN', `Records were left unread: ${unread.map(({ stage, topic, partition, lag }) => `${lag} of ${topic}/${partition} by ${stage}`).join(', ')}.`);
}
