// The verdicts of this grader beside those of the original rules, on the handwritten outputs: a table by kind, then every output where they differ, and why. Only right or not right is compared: the original rules know no "none".
import { grade } from '@slowthink/answers';
import { goldenOutputs } from '../../libs/answers/src/golden/all.ts';
import type { GoldenCase } from '../../libs/answers/src/golden/golden.ts';
import { judgeAsOriginal, type OriginalVerdict } from './original-rules.ts';

/** One output judged by both. `deserved`: as a person judges it, which is the handwritten verdict. */
export interface Compared { readonly kind: string; readonly gold: string; readonly text: string; readonly deserved: GoldenCase[2]; readonly ours: boolean; readonly original: OriginalVerdict }

export const compareAll = (): readonly Compared[] => Object.values(goldenOutputs).flat().map(([gold, text, deserved]) => ({
  kind: gold.kind, gold: String(gold.answer) + (gold.kind === 'number' ? ` ${gold.unit}`.trimEnd() : ''), text, deserved, ours: grade(text, gold).status === 'right', original: judgeAsOriginal(text, gold),
}));

const reasons: { readonly [rule in OriginalVerdict['rule']]: string } = {
  equal: 'the sentence holds the gold, but is taken back, or only thought',
  'gold found anywhere': 'no such sentence, and the gold stands somewhere in the text',
  contained: 'the answer contains the gold, or the gold the answer',
  'not equal': 'what stands up to the full stop is compared character by character',
  'gold not found': 'no such sentence, and the gold is not written in exactly these characters',
  'not contained': 'neither contains the other, character by character',
};

const row = (...cells: readonly (string | number)[]): string => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
const code = (text: string): string => { const shown = JSON.stringify(text.length > 140 ? `${text.slice(0, 140)}…` : text); return shown.includes('`') ? `\`\` ${shown} \`\`` : `\`${shown}\``; };

/** Markdown: the table, and the outputs that are judged otherwise, grouped by the original rule that did it. */
export function comparisonText(compared: readonly Compared[] = compareAll()): string {
  const kinds = [...new Set(compared.map(({ kind }) => kind))];
  const counts = (some: readonly Compared[]): readonly number[] => [some.length, some.filter(({ ours, deserved }) => ours === (deserved === 'right')).length, some.filter(({ ours, original }) => ours === original.right).length,
    some.filter(({ deserved, original }) => original.right && deserved !== 'right').length, some.filter(({ deserved, original }) => !original.right && deserved === 'right').length];
  const table = [
    row('kind', 'outputs', 'this grader agrees with the handwritten verdict', 'the original rules agree with this grader', 'original says right, is not', 'original says not right, is right'), row(...Array.from({ length: 6 }, () => '---')),
    ...kinds.map((kind) => row(kind, ...counts(compared.filter((each) => each.kind === kind)))), row('all', ...counts(compared)),
  ];
  const differing = compared.filter(({ ours, original }) => ours !== original.right);
  const groups = (Object.keys(reasons) as OriginalVerdict['rule'][]).map((rule) => ({ rule, some: differing.filter(({ original }) => original.rule === rule) })).filter(({ some }) => some.length > 0);
  return [
    ...table,
    ...groups.flatMap(({ rule, some }) => ['', `### ${some[0]!.original.right ? 'Right' : 'Not right'} by the original rules: ${reasons[rule]} (${some.length})`, '', row('kind', 'gold', 'output', 'deserved'), row('---', '---', '---', '---'),
      ...some.map(({ kind, gold, text, deserved }) => row(kind, gold, code(text), deserved))]),
  ].join('\n');
}
