/** Rows of cells as lines, each column as wide as its widest cell, two blanks between; `right` says which columns stand at the right edge. All rows have as many cells as the first. */
export function alignColumns(rows: readonly (readonly string[])[], right: (column: number) => boolean): readonly string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => (right(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  ').trimEnd());
}
