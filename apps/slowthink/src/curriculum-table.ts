import { isAlwaysRight, type TallyRow } from '@slowthink/curriculum';
import { alignColumns } from './align-columns.ts';

/** Counts by right / n, hardest first: all data sets, then each one where there are several; "kept of questions" in every cell. */
export function curriculumTable(tally: readonly TallyRow[]): readonly string[] {
  const datasets = [...new Set(tally.map(({ dataset }) => dataset))];
  const columns = ['all', ...(datasets.length > 1 ? datasets : [])];
  const grades = [...new Map(tally.map(({ right, n }) => [`${right}/${n}`, { right, n }])).values()].toSorted((a, b) => a.right * b.n - b.right * a.n || a.n - b.n);
  const cell = (column: string, of: (row: TallyRow) => boolean): string => {
    const rows = tally.filter((row) => of(row) && (column === 'all' || row.dataset === column));
    return `${sum(rows.map(({ kept }) => kept))} of ${sum(rows.map(({ questions }) => questions))}`;
  };
  const lines = grades.map((grade) => [`${grade.right} of ${grade.n}`, ...columns.map((column) => cell(column, ({ right, n }) => right === grade.right && n === grade.n)), isAlwaysRight(grade) ? 'always right' : '']);
  const table = [['right', ...columns, ''], ...lines, ['together', ...columns.map((column) => cell(column, () => true)), '']];
  return ['Kept of questions, by right solutions:', ...alignColumns(table, (column) => column > 0 && column <= columns.length).map((line) => `  ${line}`)];
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
