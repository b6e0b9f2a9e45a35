import type { Broker } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { importQuestions, openFolder, stopSignals, watchRun } from '@slowthink/wiring';
import type { Command } from 'commander';
import { addSettings, placeKeys, settingsOf } from '../flags.ts';
import { trainingScreen } from '../leak-screen.ts';
import { corpusRequest, questionLimit } from '../questions.ts';

export function addImport(program: Command): void {
  addSettings(program.command('import [paths...]'), [...placeKeys, 'log.partitions', 'log.durability', 'questions', 'corpus.map', 'corpus.limit', 'corpus.limitPerSet', 'corpus.dataset', 'corpus.split', 'corpus.shard', 'corpus.decontaminate', 'corpus.leakKinds', 'corpus.leakShare', 'corpus.cache'])
    .description('Put questions into the topic "questions" of a run folder, without asking a model. PATHS are files, folders, names of data sets or hf:OWNER/NAME[@REVISION][/FILE], as --questions takes them.')
    .option('--json', 'Print one JSON object as the last line on stdout.')
    .addHelpText('after', '\nExample:\n  slowthink import MedQA.json --limit 100 --dir runs/medqa\n  slowthink import hf:GBaker/MedQA-USMLE-4-options/train --dir runs/medqa-train')
    .action(async (paths: readonly string[], _options: unknown, command: Command) => {
      const { values: settings } = await settingsOf(command, false);
      const given = [...paths, ...settings.questions];
      if (given.length === 0) throw new FaultError('SETTING_INVALID', 'There is nothing to import.', { hint: 'Name a file: slowthink import FILE, or add --questions FILE.' });
      const limit = questionLimit(settings);
      const watch = watchRun();
      const stop = stopSignals(watch);
      let broker: Broker | undefined;
      try {
        broker = await openFolder(settings, undefined, watch.observer);
        const { files, ledger } = await importQuestions({ broker, corpus: await corpusRequest(settings, watch.log, given), limit, limitPerSet: settings['corpus.limitPerSet'] ?? undefined, screen: await trainingScreen(settings, watch.log), observer: watch.observer, signal: stop.asked });
        watch.stop();
        if (command.getOptionValue('json')) { process.stdout.write(`${JSON.stringify({ files, ledger })}\n`); return; }
        for (const { path, questions, dataset, split, role, ownNames, faults, known, dropped } of files) process.stdout.write(`${path}: ${questions} questions${ownNames ? ', each under its own data set, split and role' : ` of ${dataset}/${split} (${role})`}, ${faults} faults, ${known} imported before${dropped > 0 ? `, ${dropped} dropped ("slowthink inspect faults" says why)` : ''}.\n`);
      } finally {
        stop.release();
        watch.stop();
        await broker?.close();
      }
    });
}
