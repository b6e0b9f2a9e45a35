import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, readManifests, type KnownDataset } from '@slowthink/corpus';
import { FaultError } from '@slowthink/faults';
import { formatCount } from '@slowthink/telemetry';
import type { Command } from 'commander';
import { alignColumns } from '../align-columns.ts';

/** What is known of a data set, and where its file is. */
interface Listed {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly role: string;
  readonly group: string | null;
  readonly rows: number | null; // as published, where known
  readonly answers: string;
  readonly mappingRun: boolean;
  readonly licence: string;
  readonly path: string | null; // of its file, where it was found
  readonly hub: string | null; // what hf: takes
  readonly notes: readonly string[];
}

export function addDatasets(program: Command): void {
  program.command('datasets [folders...]')
    .description('List the data sets that are known: role, rows, kind of answers, other names, and whether the file is there: beside its manifest, or in FOLDERS by checksum or name.')
    .option('--notes', 'Print title, licence and known oddities of each, too.')
    .option('--json', 'Print one JSON array.')
    .addHelpText('after', '\nExample:\n  slowthink datasets ~/data/medical\n\nExit codes: 0 done, 3 a folder cannot be read.')
    .action(async (folders: readonly string[], given: { readonly notes?: boolean; readonly json?: boolean }) => {
      const manifests = await readManifests();
      const there = await foundIn(folders, manifests);
      const listed = manifests.map(({ manifest, folder }): Listed => {
        const beside = join(folder, manifest.file.path);
        return {
          name: manifest.name, aliases: manifest.aliases, title: manifest.title, role: manifest.role, group: manifest.group ?? null, rows: manifest.rows ?? null, answers: manifest.answerKind, mappingRun: manifest.mappingRun, licence: manifest.licence,
          path: there.paths.get(manifest.name) ?? (existsSync(beside) ? beside : null), hub: manifest.source.hub ?? null, notes: manifest.notes,
        };
      });
      if (given.json) { process.stdout.write(`${JSON.stringify(listed)}\n`); return; }
      process.stdout.write(`${tableOf(listed, given.notes === true)}\n`);
      for (const line of there.passedOver) process.stderr.write(`${line}\n`);
    });
}

/** The files of the folders by data set, the first folder first. A folder in which nothing is known is told as one, not thrown. */
async function foundIn(folders: readonly string[], manifests: readonly KnownDataset[]): Promise<{ readonly paths: ReadonlyMap<string, string>; readonly passedOver: readonly string[] }> {
  const paths = new Map<string, string>();
  const passedOver: string[] = [];
  for (const folder of folders) {
    try {
      const found = await filesOf(folder, manifests);
      for (const { path, known } of found.files) if (!paths.has(known.manifest.name)) paths.set(known.manifest.name, path);
      for (const { name, why } of found.passedOver) passedOver.push(`${join(folder, name)}: ${why}.`);
    } catch (error) {
      if (!(error instanceof FaultError) || error.code !== 'QUESTION_FILE_MISSING') throw error;
      passedOver.push(error.message);
    }
  }
  return { paths, passedOver };
}

function tableOf(listed: readonly Listed[], withNotes: boolean): string {
  const rows = listed.map(({ name, role, group, rows: count, answers, mappingRun, aliases, path, hub }) => [
    `${name}${mappingRun ? '' : ' *'}`, group === null ? role : `${role} (${group})`, count === null ? '?' : formatCount(count), answers, aliases.join(', '), path ?? (hub === null ? 'not here' : `not here; hf:${hub}`),
  ]);
  const header = ['NAME', 'ROLE', 'ROWS', 'ANSWERS', 'OTHER NAMES', 'FILE'];
  const more = withNotes ? listed.flatMap(({ name, title, licence, notes }) => ['', `${name}: ${title}. Licence: ${licence}.`, ...notes.map((note) => `  ${note}`)]) : [];
  return [...alignColumns([header, ...rows], (column) => column === 2), ...more, '', '* Its mapping was not run on the real file. A file is known by its checksum, else by its name (bioasq.json).'].join('\n');
}
