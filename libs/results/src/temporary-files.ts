// Files that are written beside the results carry the id of their process: two writers never meet in one, and what a killed one left can be told from what a living one writes.
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRunning } from '@slowthink/programs';
import { resultFiles } from './folder.ts';

/** Where a file is made before it gets its name: `.summary.json.4711.tmp`. */
export const temporaryPath = (path: string, end = 'tmp'): string => join(dirname(path), `.${basename(path)}.${process.pid}.${end}`);

/** Writes a text so that the file appears whole or not at all. Errors of the file system go through. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally { await file.close(); }
    await rename(temporary, path);
  } finally { await rm(temporary, { force: true }); }
}

const names = [...Object.values(resultFiles('')).filter((path) => path !== '').map((path) => basename(path)), 'items-table.jsonl'].map((name) => name.replaceAll('.', '\\.')).join('|');
/** Temporary files of the results, of a table's sorted rows (a temporary file of a temporary file) and DuckDB's folders, with the id of their process where they name it. */
const ours = [new RegExp(`^\\.{1,2}(?:${names})(?:\\.(\\d+))?\\.(?:tmp|rows)(?:\\.\\d+\\.(?:tmp|rows))?$`), /^\.spill-(?:(\d+)-)?[A-Za-z0-9]{6}$/];

/** Removes what killed processes left in the folder of some results: files of our own names whose process does not live any more, or had the id of this one, or that name none. Everything else stays. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    const found = ours.map((pattern) => pattern.exec(entry)).find((match) => match !== null);
    if (found !== undefined && !isOther(found[1])) await rm(join(folder, entry), { recursive: true, force: true });
  }
}

/** Whether another process of this id lives. */
function isOther(pid: string | undefined): boolean {
  return pid !== undefined && Number(pid) !== process.pid && isRunning(Number(pid));
}
