import type { ImportReport, Watch } from '@slowthink/wiring';

/** One line a file: how many questions, of what, and what became of the other rows. `sealed`: whether rows are made of them. */
export function sayImported({ files }: ImportReport, watch: Watch, sealed = true): void {
  for (const { path, dataset, split, role, manifest, shape, ownNames, questions, faults, known, dropped, open } of files) {
    const more = [faults > 0 ? `${faults} rows went to faults` : '', known > 0 ? `${known} were imported before` : '', dropped > 0 ? `${dropped} were dropped ("slowthink inspect faults" says why)` : ''].filter(Boolean).join(', ');
    watch.log(`${path}: ${questions} questions${ownNames ? ', each under its own data set, split and role' : ` of ${dataset}/${split}, role ${role}`}${manifest ? ` (known as ${manifest})` : shape ? ` (read as ${shape})` : ''}${more ? `; ${more}` : ''}.`);
    if (open > 0) watch.log(`${open} of them are open: no rule judges their answers. Say how they are read (--map …,kind:number or kind:span, or options=COLUMN), or who judges them (--grader).`);
    if (role === 'benchmark' && sealed) watch.log(`${dataset} is a benchmark: its rows are sealed only with --allow-benchmark, into a split "test".`);
  }
}
