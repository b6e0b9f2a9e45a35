import { canGrade, grade } from '@slowthink/answers';
import { parseMapping, readCorpus, readManifests, readOutputs } from '@slowthink/corpus';
import { FaultError } from '@slowthink/faults';
import type { Verdict } from '@slowthink/records';
import { formatCount } from '@slowthink/telemetry';
import type { Command } from 'commander';
import { addSettings, settingsOf, type RunSettings } from '../flags.ts';
import { openGoldIndex, type GoldIndex } from '../gold-index.ts';
import { fileLines, stdoutLines } from '../line-writer.ts';
import { questionPaths } from '../question-paths.ts';

interface Given { readonly items: string; readonly outputs: string; readonly out?: string; readonly json?: boolean }

/** What a grading came to. outputs = right + wrong + none; lines of the file = outputs + unknownIds + badLines. */
export interface Grading {
  readonly items: number;
  readonly badItems: number; // rows of the question file that give no question
  readonly outputs: number;
  readonly right: number;
  readonly wrong: number;
  readonly severalAnswers: number; // among the wrong ones
  readonly none: { readonly 'no answer': number; readonly truncated: number; readonly 'no grader': number };
  readonly unknownIds: number;
  readonly badLines: number;
  readonly itemsWithoutOutput: number;
}

const namedMax = 20; // lines and ids that are named one by one; the rest is counted

export function addGrade(program: Command): void {
  addSettings(program.command('grade'), ['corpus.map', 'corpus.dataset', 'corpus.split', 'corpus.cache'])
    .description('Judge answers from anywhere: each output is right, wrong or none, by the one grader that search, labels and evaluation use.')
    .requiredOption('--items <file>', 'The questions with their answers: MedSSS JSON, JSONL, CSV, Parquet, a manifest, a folder of known files, the name of a known data set, or hf:OWNER/NAME[/FILE].')
    .requiredOption('--outputs <file>', 'What a model wrote, as JSON lines {"id", "text"}; "truncated": true where it was cut off. The id is the file\'s own or dataset/split/id; it may come more than once.')
    .option('--out <file>', 'Write the verdicts there (default: stdout).')
    .option('--json', 'Print the summary as one JSON object on the last line of stdout, not as text on stderr.')
    .addHelpText('after', '\nExample:\n  slowthink grade --items MedQA.json --outputs answers.jsonl --out verdicts.jsonl\n\nanswers.jsonl:\n  {"id": 0, "text": "Step 1: …\\n\\nStep 2: The answer is (C)."}\n\nverdicts.jsonl:\n  {"id":"0","status":"right","why":null,"answer":"C)","normalised":"C","rule":"answer statement"}\n\ndocs/grading.md says how each kind of answer is judged.\n\nExit codes: 0 done, 2 wrong use, 3 a file is missing.')
    .action(async (given: Given, command: Command) => {
      const { values: settings } = await settingsOf(command, false);
      const golds = openGoldIndex();
      try {
        const items = await readItems(given.items, settings, golds);
        const lines = given.out === undefined ? stdoutLines() : await fileLines(given.out, '--out');
        try {
          const grading = await gradeOutputs(given.outputs, golds, items, lines.write);
          await lines.finish();
          if (given.json === true) process.stdout.write(`${JSON.stringify(grading)}\n`);
          else say(summaryText(grading));
        } catch (error) { await lines.abort(); throw error; }
      } finally { golds.close(); }
    });
}

/** A fault of a file, with a hint about the flag that named it. */
function aboutFlag(error: unknown, flag: string): unknown {
  if (!(error instanceof FaultError) || (error.code !== 'QUESTION_FILE_MISSING' && error.code !== 'QUESTION_FILE_EMPTY')) return error;
  const hint = error.code === 'QUESTION_FILE_EMPTY' ? `Give ${flag} a file with at least one row.` : error.hint.includes('is published at') ? error.hint : `Check the path given to ${flag}.`;
  return new FaultError(error.code, error.message, { cause: error, hint });
}

const say = (line: string): void => { process.stderr.write(`${line}\n`); };

/** Names the first of a sort and counts all of them. */
function counter(): { readonly add: (line: string) => void; readonly count: () => number } {
  let count = 0;
  return {
    add: (line) => { count += 1; if (count <= namedMax) say(line); else if (count === namedMax + 1) say('More like the last line are counted, not named.'); },
    count: () => count,
  };
}

interface Items { readonly items: number; readonly badItems: number }

async function readItems(path: string, settings: RunSettings, golds: GoldIndex): Promise<Items> {
  const { 'corpus.map': map, 'corpus.dataset': dataset, 'corpus.split': split } = settings;
  const bad = counter();
  let items = 0;
  try {
    const manifests = await readManifests();
    const paths = await questionPaths([path], manifests, settings['corpus.cache'], say);
    for await (const item of readCorpus({ paths, manifests, ...(map === null ? {} : { mapping: parseMapping(map) }), ...(dataset === null ? {} : { dataset }), ...(split === null ? {} : { split }) })) {
      if (item.kind === 'fault') bad.add(`${item.fault.code} ${item.place}: ${item.fault.message}`);
      if (item.kind !== 'question') continue;
      const { question } = item;
      golds.add(question.id, question.id.slice(question.dataset.length + question.split.length + 2), question.gold);
      items += 1;
    }
  } catch (error) { throw aboutFlag(error, '--items'); }
  return { items, badItems: bad.count() };
}

async function gradeOutputs(path: string, golds: GoldIndex, items: Items, write: (line: string) => Promise<void>): Promise<Grading> {
  const [bad, unknown] = [counter(), counter()];
  const count = { right: 0, wrong: 0, severalAnswers: 0, 'no answer': 0, truncated: 0, 'no grader': 0 };
  try {
    for await (const output of readOutputs(path)) {
      if (output.kind === 'bad') { bad.add(`${output.place}: ${output.message}`); continue; }
      const gold = golds.take(output.id);
      if (gold === undefined) { unknown.add(`${output.place}: no item has the id ${JSON.stringify(output.id)}.`); continue; }
      const verdict = grade(output.text, gold, { truncated: output.truncated });
      count[canGrade(gold) ? bucketOf(verdict) : 'no grader'] += 1;
      if (verdict.why === 'several answers') count.severalAnswers += 1;
      await write(JSON.stringify({ id: output.id, status: verdict.status, why: verdict.why ?? null, answer: verdict.answer, normalised: verdict.normalised, rule: verdict.rule }));
    }
  } catch (error) { throw aboutFlag(error, '--outputs'); }
  const { right, wrong, severalAnswers, 'no answer': noAnswer, truncated, 'no grader': noGrader } = count;
  const outputs = right + wrong + noAnswer + truncated + noGrader;
  return { ...items, outputs, right, wrong, severalAnswers, none: { 'no answer': noAnswer, truncated, 'no grader': noGrader }, unknownIds: unknown.count(), badLines: bad.count(), itemsWithoutOutput: golds.untaken() };
}

const bucketOf = ({ status, why }: Verdict): 'right' | 'wrong' | 'no answer' | 'truncated' => (status !== 'none' ? status : why === 'truncated' ? 'truncated' : 'no answer');

function summaryText({ items, badItems, outputs, right, wrong, severalAnswers, none, unknownIds, badLines, itemsWithoutOutput }: Grading): string {
  const share = outputs === 0 ? '' : ` (${(100 * right / outputs).toFixed(1)} %)`;
  const nones = Object.entries(none).filter(([, count]) => count > 0).map(([why, count]) => `${formatCount(count)} ${why}`);
  return [
    `Items: ${formatCount(items)}${badItems > 0 ? `, and ${formatCount(badItems)} rows that give none` : ''}. Outputs graded: ${formatCount(outputs)}.`,
    `Right ${formatCount(right)}${share}, wrong ${formatCount(wrong)}${severalAnswers > 0 ? ` (${formatCount(severalAnswers)} several answers)` : ''}, none ${formatCount(none['no answer'] + none.truncated + none['no grader'])}${nones.length > 0 ? ` (${nones.join(', ')})` : ''}.`,
    `Unknown ids: ${formatCount(unknownIds)}. Bad lines: ${formatCount(badLines)}. Items without an output: ${formatCount(itemsWithoutOutput)}.`,
  ].join('\n');
}
