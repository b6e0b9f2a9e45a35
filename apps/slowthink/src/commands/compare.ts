import { columnsOf, compareEvaluations, type ComparedPart, type Comparison, type ItemColumns } from '@slowthink/evaluation';
import { itemsFileOf, readItems } from '@slowthink/results';
import { InvalidArgumentError, type Command } from 'commander';
import { interval, points, pText } from '../evaluation/number-text.ts';
import { rulesNamed } from '../evaluation/numbers-of.ts';
import { summaryBeside, type Summary } from '../evaluation/summary.ts';
import { titlesOf } from '../evaluation/write-results.ts';
import { addSettings, settingsOf } from '../flags.ts';

interface Given { readonly flips: number; readonly json?: boolean }

export function addCompare(program: Command): void {
  addSettings(program.command('compare <a> <b>'), ['evaluate.rules', 'evaluate.draws', 'seed'])
    .description('Compare two evaluations item by item: paired differences per rule and set, McNemar, and which items flip. The runs may differ in policy, scorer, grader and number of candidates.')
    .option('--flips <n>', 'How many ids to show of the items that only one of the two gets right.', countOf, 5)
    .option('--json', 'Print one JSON object, with all ids.')
    .addHelpText('after', '\nExample:\n  slowthink compare runs/round-2 runs/round-1 --rules greedy,vote-sum-min\n\nA difference is the first minus the second.')
    .action(async (a: string, b: string, { flips, json }: Given, command: Command) => {
      const { values: settings } = await settingsOf(command, false);
      const rules = rulesNamed(settings['evaluate.rules']);
      const comparison = compareEvaluations(await columnsIn(a), await columnsIn(b), { seed: settings.seed, draws: settings['evaluate.draws'], titles: Object.fromEntries(await titlesOf()), ...(rules.length === 0 ? {} : { rules }) });
      const differing = differingSettings(a, b);
      process.stdout.write(`${json ? JSON.stringify({ ...comparison, settings: differing }) : text(comparison, flips, differing)}\n`);
    });
}

function countOf(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 0.');
  return Number(text);
}

/** RESULTS_MISSING, RESULTS_BROKEN. */
async function columnsIn(path: string): Promise<readonly ItemColumns[]> {
  const file = itemsFileOf(path);
  const columns: ItemColumns[] = [];
  for await (const item of readItems(file, { sha256: summaryBeside(file)?.items.sha256 })) columns.push(columnsOf(item));
  return columns;
}

type Differing = { readonly [key: string]: { readonly a: unknown; readonly b: unknown } };

/** Settings that decide what the two runs say and that differ, as their summaries have them; none where one has no summary. */
function differingSettings(a: string, b: string): Differing {
  const [of, other] = [a, b].map((path) => summaryBeside(itemsFileOf(path))?.settings) as [Summary['settings'] | undefined, Summary['settings'] | undefined];
  if (of === undefined || other === undefined) return {};
  const keys = [...new Set([...Object.keys(of), ...Object.keys(other)])].filter((key) => /^(?:seed|recipe|search\.|evaluate\.)/.test(key)).sort();
  return Object.fromEntries(keys.flatMap((key) => (JSON.stringify(of[key] ?? null) === JSON.stringify(other[key] ?? null) ? [] : [[key, { a: of[key] ?? null, b: other[key] ?? null }]])));
}

function text({ a, b, items, onlyInA, onlyInB, rules, notes }: Comparison, flips: number, differing: Differing): string {
  const run = ({ policy, scorer, candidates, grader, decode }: Comparison['a']): string => `${policy.model}@${policy.revision}, ${scorer === null ? 'no scorer' : `scorer ${scorer.model}@${scorer.revision}`}, ${candidates} candidates by ${decode}${grader === 'rules' ? '' : `, grader ${grader}`}`;
  const lines = [`a: ${run(a)}`, `b: ${run(b)}`, `${items} items in both${onlyInA.length + onlyInB.length > 0 ? `; ${onlyInA.length} only in a and ${onlyInB.length} only in b are in no number` : ''}. Accuracy in % with 95 % intervals; differences a − b in points, paired.`];
  for (const [key, { a: inA, b: inB }] of Object.entries(differing)) lines.push(`${key}: ${String(inA ?? 'not set')} in a, ${String(inB ?? 'not set')} in b`);
  for (const { title, all, sets, flips: { onlyA, onlyB } } of rules) {
    lines.push(title, ...(sets.length > 1 ? sets : []).map(part), part(all));
    if (flips > 0) lines.push(...flipped('only a right', onlyA, flips), ...flipped('only b right', onlyB, flips));
  }
  return [...lines, ...notes.map((note) => `Note: ${note}`)].join('\n');
}

const part = ({ title, n, a, b, difference, p }: ComparedPart): string => `  ${title}, ${n} items: ${interval(a).trim()} against ${interval(b).trim()}, ${points(difference.value)} [${points(difference.low)}, ${points(difference.high)}]${pText(p)}`;

const flipped = (what: string, ids: readonly string[], most: number): readonly string[] => (ids.length === 0 ? [] : [`  ${what}: ${ids.slice(0, most).join(', ')}${ids.length > most ? ` and ${ids.length - most} more` : ''}`]);
