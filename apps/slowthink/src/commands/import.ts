import type { Broker } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { importQuestions, isImported, openFolder, readRunFile, stopSignals, watchRun } from '@slowthink/wiring';
import { Option, type Command } from 'commander';
import { addSettings, placeKeys, settingsOf } from '../flags.ts';
import { trainingScreen } from '../leak-screen.ts';
import { importTrees } from '../medsss/import-trees.ts';
import { ownFormat } from '../own-format.ts';
import { corpusRequest, questionLimit } from '../questions.ts';

export function addImport(program: Command): void {
  addSettings(program.command('import [paths...]'), [...placeKeys, 'log.partitions', 'log.durability', 'questions', 'corpus.map', 'corpus.limit', 'corpus.limitPerSet', 'corpus.dataset', 'corpus.split', 'corpus.shard', 'corpus.decontaminate', 'corpus.leakKinds', 'corpus.leakShare', 'corpus.cache'])
    .description('Put questions into the topic "questions" of a run folder, without asking a model. PATHS are files, folders, names of data sets or hf:OWNER/NAME[@REVISION][/FILE], as --questions takes them.')
    .addOption(new Option('--format <name>', 'questions: question files. medsss: rows { id, question, pos, neg, answer } of the released MedSSS-data, which become closed trees with labelled rows (docs/medsss-data.md).').choices(['questions', 'medsss']).default('questions'))
    .addOption(new Option('--verdicts <who>', 'With --format medsss, who says whether a chain is right. file: pos is, neg is not. rules: the grader.').choices(['file', 'rules']).default('file'))
    .option('--json', 'Print one JSON object as the last line on stdout.')
    .addHelpText('after', '\nExample:\n  slowthink import MedQA.json --limit 100 --dir runs/medqa\n  slowthink import hf:GBaker/MedQA-USMLE-4-options/train --dir runs/medqa-train\n  slowthink import MedSSS-data.json --format medsss --dir runs/medsss')
    .action(async (paths: readonly string[], _options: unknown, command: Command) => {
      const format = ownFormat(command, ['questions', 'medsss']);
      const { values: settings } = await settingsOf(command, false);
      const given = [...paths, ...settings.questions];
      if (given.length === 0) throw new FaultError('SETTING_INVALID', 'There is nothing to import.', { hint: 'Name a file: slowthink import FILE, or add --questions FILE.' });
      if (format === 'medsss') {
        if (settings['corpus.limitPerSet'] !== null) throw new FaultError('SETTING_INVALID', '--limit-per-set does not go with --format medsss: its rows do not say which set they are of.', { hint: 'Use --limit.' });
        return importTrees(settings, given, command.getOptionValue('verdicts') as 'file' | 'rules', command.getOptionValue('json') === true);
      }
      if (command.getOptionValueSource('verdicts') === 'cli') throw new FaultError('SETTING_INVALID', '--verdicts goes with --format medsss alone: questions have none.', { hint: 'Add --format medsss, or leave --verdicts out.' });
      if (isImported(readRunFile(settings.dir))) throw new FaultError('DIR_SETTINGS_CHANGED', `${settings.dir} holds imported trees, which no search goes on with.`, { hint: 'Give questions another --dir, or add --format medsss for more trees.' });
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
