import { resolve } from 'node:path';
import { leakKindNames, leakKindsOf, leakRules, type Leak, type LeakKind, type LeakRules } from '@slowthink/contamination';
import { readCorpus } from '@slowthink/corpus';
import { FaultError } from '@slowthink/faults';
import { formatCount } from '@slowthink/telemetry';
import { exitCodes } from '@slowthink/wiring';
import type { Command } from 'commander';
import { benchmarksAtHand, describeItems, readBenchmarkItems, type BenchmarkItems } from '../benchmark-items.ts';
import { addSettings, settingsOf, type RunSettings } from '../flags.ts';
import { beginning } from '../leak-screen.ts';
import { leakTable, type LeakCount } from '../leak-table.ts';
import { fileLines, type LineWriter } from '../line-writer.ts';
import { corpusRequest, questionLimit } from '../questions.ts';

interface Given { readonly against?: readonly string[]; readonly kinds?: readonly string[]; readonly share?: string; readonly report?: string; readonly out?: string; readonly failOnLeak?: boolean; readonly json?: boolean }

/** What a check came to. questions = flagged + clean; rows = questions + badRows. */
interface Checked {
  readonly questions: number;
  readonly badRows: number; // rows that give no question; in no clean file
  readonly flagged: number;
  readonly counts: readonly LeakCount[];
}

const itemsNamed = 10; // of the items that a question overlaps, in a line of the report
const badNamed = 20;
const progressEvery = 20_000; // questions

export function addDecontaminate(program: Command): void {
  addSettings(program.command('decontaminate'), ['questions', 'corpus.map', 'corpus.limit', 'corpus.dataset', 'corpus.split', 'corpus.cache'])
    .description('Mark training questions that overlap benchmark items: the same words, other options, other numbers, runs of 13 words (docs/contamination.md).')
    .option('--against <path...>', 'Benchmarks: files, names of data sets, or folders. Every benchmark and dev set with a manifest whose file is there, when not given.')
    .option('--kinds <name...>', `What counts as an overlap: ${leakKindNames.join(', ')} (default: all but numbers-changed).`)
    .option('--share <x>', `Share of the words of an item that runs of 13 words must cover, 0 to 1; 0: one run is enough (default: ${leakRules.shareMin}).`)
    .option('--report <file>', 'Write one JSON line a marked question: id, kind, items, share of the item, the first shared words.')
    .option('--out <file>', 'Write the other questions there, one question record a line: "slowthink run --questions FILE" takes it.')
    .option('--fail-on-leak', 'End with exit 1 when a question is marked.')
    .option('--json', 'Print one JSON object on the last line of stdout, and nothing else there.')
    .addHelpText('after', '\nExample:\n  slowthink decontaminate --questions train.jsonl --against MedQA.json medmcqa.json --report leaks.jsonl --out clean.jsonl\n  slowthink decontaminate --questions dosage --kinds all\n\n"slowthink run", "import" and "curriculum" drop the same questions with --decontaminate BENCHMARK….\n\nExit codes: 0 done, 1 a question is marked (with --fail-on-leak), 2 wrong use, 3 a file is missing.')
    .action(async (given: Given, command: Command) => {
      const { values: settings } = await settingsOf(command, false);
      const rules = checkGiven(given, settings);
      const items = await itemsOf(given.against, settings, rules);
      const [report, out] = [given.report === undefined ? undefined : await fileLines(given.report, '--report'), given.out === undefined ? undefined : await fileLines(given.out, '--out')];
      let checked: Checked;
      try {
        checked = await checkQuestions(settings, items, report, out);
        await report?.finish();
        await out?.finish();
      } catch (error) { await report?.abort(); await out?.abort(); throw error; }
      if (given.json === true) process.stdout.write(`${JSON.stringify(summaryOf(checked, items, given))}\n`);
      else process.stdout.write(`${textOf(checked, items, given).join('\n')}\n`);
      if (given.failOnLeak === true && checked.flagged > 0) process.exitCode = exitCodes.failed;
    });
}

const say = (line: string): void => { process.stderr.write(`${line}\n`); };

/** What is looked for; says what is wrong with the command before a file is read. SETTING_INVALID. */
function checkGiven({ kinds, share, report, out }: Given, settings: RunSettings): LeakRules {
  if (settings.questions.length === 0) throw new FaultError('SETTING_INVALID', 'There is nothing to check.', { hint: 'Add --questions FILE.' });
  questionLimit(settings);
  const shareMin = share === undefined ? leakRules.shareMin : /^\d*\.?\d+$/u.test(share) ? Number(share) : NaN;
  if (!(shareMin >= 0 && shareMin <= 1)) throw new FaultError('SETTING_INVALID', `--share is ${JSON.stringify(share)}; allowed: a number from 0 to 1.`, { hint: 'A third of an item is --share 0.33.' });
  const written = [report, out].flatMap((path) => (path === undefined ? [] : [resolve(path)]));
  if (new Set(written).size < written.length) throw new FaultError('SETTING_INVALID', `--report and --out are both ${report}.`, { hint: 'Give them different files.' });
  const own = settings.questions.find((path) => written.includes(resolve(path)));
  if (own !== undefined) throw new FaultError('SETTING_INVALID', `${own} is read by --questions and would be written, too.`, { hint: 'Give --report and --out other files.' });
  return { kinds: leakKindsOf(kinds ?? null, '--kinds'), shareMin };
}

async function itemsOf(against: readonly string[] | undefined, settings: RunSettings, rules: LeakRules): Promise<BenchmarkItems> {
  const { names, missing } = against === undefined ? await benchmarksAtHand() : { names: against, missing: [] };
  if (missing.length > 0) say(`Not checked against ${missing.join(', ')}: their files are not here. Name a file or a folder with --against.`);
  const items = await readBenchmarkItems(names, settings, rules, '--against', say);
  say(`Checking against ${describeItems(items)}${items.badRows > 0 ? `; ${formatCount(items.badRows)} rows give no item` : ''}. Looking for: ${rules.kinds.join(', ')}.`);
  return items;
}

async function checkQuestions(settings: RunSettings, { index }: BenchmarkItems, report: LineWriter | undefined, out: LineWriter | undefined): Promise<Checked> {
  const counts = new Map<string, { readonly dataset: string; questions: number; readonly kinds: Map<LeakKind, number> }>();
  let [questions, badRows, flagged] = [0, 0, 0];
  const limit = questionLimit(settings);
  for await (const item of readCorpus(await corpusRequest(settings, say))) {
    if (item.kind === 'fault' && ++badRows <= badNamed) say(`${item.fault.code} ${item.place}: ${item.fault.message}`);
    if (item.kind !== 'question') continue;
    const { question, place } = item;
    const count = counts.get(question.dataset) ?? { dataset: question.dataset, questions: 0, kinds: new Map<LeakKind, number>() };
    counts.set(question.dataset, count);
    count.questions += 1;
    const leak = index.look(question);
    if (leak === undefined) await out?.write(JSON.stringify(question));
    else {
      flagged += 1;
      count.kinds.set(leak.kind, (count.kinds.get(leak.kind) ?? 0) + 1);
      await report?.write(JSON.stringify(lineOf(question.id, place, leak)));
    }
    if (++questions % progressEvery === 0) say(`${formatCount(questions)} questions checked, ${formatCount(flagged)} overlap a benchmark item.`);
    if (questions >= limit) break;
  }
  if (badRows > badNamed) say(`${formatCount(badRows - badNamed)} more rows give no question.`);
  return { questions, badRows, flagged, counts: [...counts.values()] };
}

/** A line of the report. */
const lineOf = (id: string, place: string, { kind, items, share, words }: Leak): object => ({ id, kind, items: items.slice(0, itemsNamed), more: Math.max(0, items.length - itemsNamed), share: Math.round(1000 * share) / 1000, words: beginning(words), place });

const kindCounts = ({ counts }: Checked, kinds: readonly LeakKind[]): { readonly [kind: string]: number } => Object.fromEntries(kinds.map((kind) => [kind, counts.reduce((sum, count) => sum + (count.kinds.get(kind) ?? 0), 0)]));

function summaryOf(checked: Checked, { rules, files, items }: BenchmarkItems, { report, out }: Given): object {
  const { questions, badRows, flagged, counts } = checked;
  return {
    questions, badRows, flagged, clean: questions - flagged, kinds: kindCounts(checked, rules.kinds), shareMin: rules.shareMin, items, against: files,
    datasets: counts.map(({ dataset, questions: of, kinds }) => ({ dataset, questions: of, flagged: [...kinds.values()].reduce((sum, count) => sum + count, 0) })),
    report: report === undefined ? null : resolve(report), out: out === undefined ? null : resolve(out),
  };
}

function textOf({ questions, badRows, flagged, counts }: Checked, { rules, items }: BenchmarkItems, { report, out }: Given): readonly string[] {
  return [
    `Marked of ${formatCount(questions)} questions, against ${formatCount(items)} items${badRows > 0 ? ` (${formatCount(badRows)} rows give no question)` : ''}:`,
    ...leakTable(counts, rules.kinds),
    ...(rules.kinds.includes('numbers changed') ? [] : ['Questions that differ from an item in their numbers alone are not marked; --kinds all marks them, too.']),
    ...(report === undefined ? (flagged > 0 ? ['--report FILE says which.'] : []) : [`Which, and with what: ${resolve(report)}`]),
    ...(out === undefined ? [] : [`The other ${formatCount(questions - flagged)}: ${resolve(out)}`]),
  ];
}
