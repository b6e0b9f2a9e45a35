// Chains whose steps somebody has judged: the rows of ProcessBench and PRMBench. What a step scorer is measured with.
import { basename, extname } from 'node:path';
import { openSource } from './open-source.ts';
import type { RowValues } from './source-row.ts';

/** A chain of reasoning and what its annotators say of its steps; or why a row is none. `place`: "gsm8k.json:12". */
export type AnnotatedChain =
  | { readonly kind: 'process-bench'; readonly subset: string; readonly id: string; readonly question: string; readonly steps: readonly string[]; readonly label: number /* of the first wrong step from 0; -1: none is */; readonly place: string }
  /** `errorClass` correct: the unchanged chain, which stands in no total. `problem`: what the chains of one problem share. */
  | { readonly kind: 'prm-bench'; readonly errorClass: string; readonly id: string; readonly problem: string; readonly question: string; readonly steps: readonly string[]; readonly right: readonly boolean[]; readonly place: string }
  | { readonly kind: 'bad'; readonly message: string; readonly place: string };

export const processBenchSubsets = ['gsm8k', 'math', 'olympiadbench', 'omnimath'] as const;

/** PRMBench takes the unchanged chains from the rows of this class, spelt as it spells it. */
const classWithOriginals = 'redundency';

/**
 * The chains of a file in its order; JSON, JSONL or Parquet. A row with `problem`, `steps` and `label` is one of ProcessBench (its data card): `label` counts steps from 0, the subset is the column `subset`, else a known
 * name in the name of the file, else the beginning of the id ("gsm8k-12"), else the name of the file. A row with `modified_process` and `error_steps` is one of PRMBench (the loader of its repository, mr_eval/tasks/
 * prmtest_classified): `error_steps` counts from 1; the chain of a problem before it was changed comes once, from its row of the class "redundency". Neither mapping was run on the real files.
 * Memory: one row (Parquet: one row group) and the ids. Throws QUESTION_FILE_MISSING, QUESTION_FILE_EMPTY, QUESTION_FILE_UNREADABLE.
 */
export async function* readAnnotated(path: string): AsyncGenerator<AnnotatedChain> {
  const source = await openSource(path), originals = new Set<string>();
  for await (const { row, where } of source.rows()) {
    const place = `${path}:${where}`;
    if ('fault' in row) { yield { kind: 'bad', message: row.fault.message, place }; continue; }
    const { values } = row;
    if ('modified_process' in values) {
      const original = originalOf(values, place);
      if (original !== undefined && !originals.has(original.problem)) { originals.add(original.problem); yield original; }
      yield changedOf(values, place);
    } else yield processBenchOf(values, path, place);
  }
}

const bad = (message: string, place: string): AnnotatedChain => ({ kind: 'bad', message, place });
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.length > 0 && value.every(isText);
const wholeNumber = (value: unknown): number | undefined => { const number = typeof value === 'bigint' ? Number(value) : value; return Number.isSafeInteger(number) ? number as number : undefined; };
const idOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined);

function processBenchOf({ id: given, problem, steps, label: labelled, subset }: RowValues, path: string, place: string): AnnotatedChain {
  const id = idOf(given), label = wholeNumber(labelled);
  if (id === undefined) return bad('The row has no id. A row of ProcessBench has id, problem, steps and label; one of PRMBench has idx, modified_process and error_steps.', place);
  if (!isText(problem)) return bad(`The row of ${JSON.stringify(id)} has no problem.`, place);
  if (!isTexts(steps)) return bad(`The row of ${JSON.stringify(id)} has no steps: a list of texts is wanted, none of them empty.`, place);
  if (label === undefined || label < -1 || label >= steps.length) return bad(`The row of ${JSON.stringify(id)} has ${JSON.stringify(labelled, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)) ?? 'nothing'} as label: a step from 0 to ${steps.length - 1}, or -1, is wanted.`, place);
  return { kind: 'process-bench', subset: isText(subset) ? subset : subsetOf(path, id), id, question: problem, steps, label, place };
}

function subsetOf(path: string, id: string): string {
  const name = basename(path, extname(path)), known = (text: string) => processBenchSubsets.find((subset) => new RegExp(`(?:^|[^a-z])${subset}(?:[^a-z]|$)`, 'i').test(text));
  return known(name) ?? known(id) ?? name;
}

/** The chain as it was before PRMBench changed it; undefined in rows of other classes, and where it is missing. */
function originalOf({ idx, classification, original_question: question, original_process: steps }: RowValues, place: string): Extract<AnnotatedChain, { kind: 'prm-bench' }> | undefined {
  const id = idOf(idx);
  if (classification !== classWithOriginals || id === undefined || !isText(question) || !isTexts(steps)) return undefined;
  const problem = problemOf(id, classWithOriginals);
  return { kind: 'prm-bench', errorClass: 'correct', id: `correct_${problem}`, problem, question, steps, right: steps.map(() => true), place };
}

function changedOf({ idx, classification, modified_question: question, modified_process: steps, error_steps: wrong }: RowValues, place: string): AnnotatedChain {
  const id = idOf(idx);
  if (id === undefined) return bad('The row has no idx.', place);
  if (!isText(classification)) return bad(`The row of ${JSON.stringify(id)} has no classification.`, place);
  if (!isText(question)) return bad(`The row of ${JSON.stringify(id)} has no modified_question.`, place);
  if (!isTexts(steps)) return bad(`The row of ${JSON.stringify(id)} has no modified_process: a list of texts is wanted, none of them empty.`, place);
  const numbers = Array.isArray(wrong) ? wrong.map(wholeNumber) : undefined;
  if (numbers === undefined || numbers.some((step) => step === undefined || step < 1)) return bad(`The row of ${JSON.stringify(id)} has no error_steps: a list of step numbers from 1 is wanted.`, place);
  const problem = problemOf(id, classification);
  return { kind: 'prm-bench', errorClass: classification, id: `${classification}_${problem}`, problem, question, steps, right: steps.map((_, k) => !numbers.includes(k + 1)), place };
}

const problemOf = (id: string, errorClass: string): string => (id.startsWith(`${errorClass}_`) ? id.slice(errorClass.length + 1) : id);
