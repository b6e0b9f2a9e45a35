// The verdicts of this grader beside those of the released rule, on the handwritten outputs: a table by kind, then every output where they differ, and why. Only right or not right is compared: the released rule knows no "none".
import { exactMatchBy, grade, type ExactMatch } from '@slowthink/answers';
import { goldenOutputs } from '../../libs/answers/src/golden/all.ts';
import type { GoldenCase } from '../../libs/answers/src/golden/golden.ts';

/** One output judged by both. `deserved`: as a person judges it, which is the handwritten verdict. */
export interface Compared { readonly kind: string; readonly gold: string; readonly text: string; readonly deserved: GoldenCase[2]; readonly ours: boolean; readonly original: ExactMatch }

export const compareAll = (): readonly Compared[] => Object.values(goldenOutputs).flat().map(([gold, text, deserved]) => ({
  kind: gold.kind, gold: String(gold.answer) + (gold.kind === 'number' ? ` ${gold.unit}`.trimEnd() : ''), text, deserved, ours: grade(text, gold).status === 'right', original: exactMatchBy(text, gold),
}));

const reasons: readonly { readonly rule: ExactMatch['rule']; readonly right: boolean; readonly text: string }[] = [
  { rule: 'first character', right: true, text: 'what was found begins with the gold letter or digit' },
  { rule: 'contained', right: true, text: 'what was found contains the gold' },
  { rule: 'either contained', right: true, text: 'what was found contains the gold, or the gold it' },
  { rule: 'limits', right: true, text: 'the last number found lies between the limits' },
  { rule: 'first character', right: false, text: 'what was found begins with another character' },
  { rule: 'contained', right: false, text: 'what was found does not contain the gold, character by character' },
  { rule: 'either contained', right: false, text: 'neither contains the other, character by character' },
  { rule: 'limits', right: false, text: 'the last number found does not lie between the limits' },
];

const row = (...cells: readonly (string | number)[]): string => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
const code = (text: string): string => { const shown = JSON.stringify(text.length > 140 ? `${text.slice(0, 140)}…` : text); return shown.includes('`') ? `\`\` ${shown} \`\`` : `\`${shown}\``; };

/** Markdown: the table, and the outputs that are judged otherwise, grouped by the original rule that did it. */
export function comparisonText(compared: readonly Compared[] = compareAll()): string {
  const kinds = [...new Set(compared.map(({ kind }) => kind))];
  const counts = (some: readonly Compared[]): readonly number[] => [some.length, some.filter(({ ours, deserved }) => ours === (deserved === 'right')).length, some.filter(({ ours, original }) => ours === original.right).length,
    some.filter(({ deserved, original }) => original.right && deserved !== 'right').length, some.filter(({ deserved, original }) => !original.right && deserved === 'right').length];
  const table = [
    row('kind', 'outputs', 'this grader agrees with the handwritten verdict', 'the released rule agrees with this grader', 'released says right, is not', 'released says not right, is right'), row(...Array.from({ length: 6 }, () => '---')),
    ...kinds.map((kind) => row(kind, ...counts(compared.filter((each) => each.kind === kind)))), row('all', ...counts(compared)),
  ];
  const differing = compared.filter(({ ours, original }) => ours !== original.right);
  const groups = reasons.map((reason) => ({ ...reason, some: differing.filter(({ original }) => original.rule === reason.rule && original.right === reason.right) })).filter(({ some }) => some.length > 0);
  return [
    ...table,
    ...groups.flatMap(({ right, text: reason, some }) => ['', `### ${right ? 'Right' : 'Not right'} by the released rule: ${reason} (${some.length})`, '', row('kind', 'gold', 'output', 'deserved'), row('---', '---', '---', '---'),
      ...some.map(({ kind, gold, text, deserved }) => row(kind, gold, code(text), deserved))]),
  ].join('\n');
}
