import { readLag } from '@slowthink/runtime';
import { isHeld } from '@slowthink/broker-sqlite';
import { FaultError } from '@slowthink/faults';
import { labelsIdOf } from '@slowthink/labels';
import { addLedgers } from '@slowthink/stream';
import { tableKinds } from '@slowthink/tables';
import { flowOf, flows, openBroker, readRunFile, readRunRecord, runPaths } from '@slowthink/wiring';
import type { Command } from 'commander';
import { addSettings, placeKeys, settingsOf } from '../flags.ts';
import { listedParts } from '../sealing.ts';

export function addStatus(program: Command): void {
  addSettings(program.command('status'), [...placeKeys])
    .description('Say where a run stands: whether a process works on it, ledgers, unread records, rows; also while it goes on.')
    .option('--json', 'Print one JSON object.')
    .addHelpText('after', '\nExample:\n  slowthink status --dir runs/medqa')
    .action(async (_options: unknown, command: Command) => {
      const { values: settings } = await settingsOf(command, true);
      const paths = runPaths(settings.dir);
      const broker = await openBroker(settings, 'read').catch((error: unknown) => { throw error instanceof FaultError && error.code === 'DIR_MISSING' ? new FaultError('DIR_MISSING', `${paths.dir} holds no run.`) : error; });
      try {
        const run = readRunFile(settings.dir) ?? await readRunRecord(broker);
        const progress = await broker.progress();
        const flow = await flowOf(broker) ?? flows.run;
        const lag = await readLag(broker, flow.stages);
        const onKafka = broker.kind === 'kafka';
        const holder = onKafka ? undefined : isHeld(paths.dir);
        const stages = Object.fromEntries(['import', ...flow.stages.map(({ name }) => name)].map((name) => [name, {
          ...addLedgers(progress.filter(({ stage }) => stage === name).map(({ ledger }) => ledger)),
          unread: lag.filter(({ stage }) => stage === name).reduce((sum, row) => sum + row.lag, 0),
        }]));
        const parts = flow.name === 'run' ? await listedParts(broker) : undefined; // the others end in files
        const rows = parts && Object.fromEntries(tableKinds.map((kind) => [kind, parts.filter((part) => part.kind === kind).reduce((sum, part) => sum + part.rows, 0)]));
        if (command.getOptionValue('json')) { process.stdout.write(`${JSON.stringify({ name: run?.name ?? null, dir: paths.dir, broker: settings.broker, run: run?.run ?? null, policy: run?.policy ?? null, grader: run?.grader ?? null, process: holder ?? null, flow: flow.name, stages, ...(parts ? { parts: parts.length, rows } : {}) })}\n`); return; }
        const labels = run?.labels && `labels ${run.labels.recipe} (${labelsIdOf(run.labels)})${run.labels.pairs.length > 0 ? `, pairs ${run.labels.pairs.join(', ')}` : ''}`;
        const lines = [
          onKafka ? `${settings.run} on ${settings.broker}${run ? '' : ' (not started)'}.` : `${run?.name ?? '(not started)'} in ${paths.dir}: ${holder ? `process ${holder.pid} works on it` : 'no process works on it'}.`,
          ...(run ? [`Policy ${run.policy.model}@${run.policy.revision}, run ${run.run}, ${parts ? labels : flow.name === 'curriculum' ? 'a curriculum' : 'an evaluation'}${run.grader === 'rules' ? '' : `, grader ${run.grader}`}.`] : []),
          'Stage               in       ok   failed  dropped     open   unread',
          ...Object.entries(stages).map(([name, s]) => `  ${name.padEnd(12)}${[s.in, s.ok, s.failed, s.dropped, s.open, s.unread].map((count) => String(count).padStart(9)).join('')}`),
          ...(parts && rows ? [`${parts.length} parts: ${Object.entries(rows).filter(([kind, count]) => count > 0 || kind === 'prm' || kind === 'sft').map(([kind, count]) => `${count} ${kind} rows`).join(', ')}.`] : []),
        ];
        process.stdout.write(`${lines.join('\n')}\n`);
      } finally { await broker.close(); }
    });
}
