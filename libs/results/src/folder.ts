import { join, resolve } from 'node:path';

/** The files of an evaluation, in DIR/results. */
export const resultPaths = (dir: string) => resultFiles(join(resolve(dir), 'results'));

/** The same files in any folder. */
export const resultFiles = (folder: string) => {
  return {
    folder,
    items: join(folder, 'items.jsonl'), // one VerdictsRecord a line, in the order of item ids: every number is computed from these
    candidates: join(folder, 'candidates.parquet'), // one row a candidate
    itemsTable: join(folder, 'items.parquet'), // one row an item: what each rule chose, and whether it is right
    summary: join(folder, 'summary.json'),
    medsss: join(folder, 'result.json'),
    report: join(folder, 'report.html'),
  };
};
