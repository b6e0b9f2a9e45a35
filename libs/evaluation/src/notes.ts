// Sentences that a reader of the numbers must know.
import { sizeOf } from './columns.ts';
import { LARGE_SET, type Layout } from './layout.ts';
import { publishedNotes } from './published.ts';

export const setTitleOf = (name: string, titles: { readonly [set: string]: string }): string => titles[name] ?? name;

const namedMax = 5; // sets of one note

export interface Noted {
  readonly layout: Layout;
  readonly failed: { readonly [set: string]: number };
  readonly titles: { readonly [set: string]: string };
  readonly candidates: number; // of the item that has fewest
  readonly decode: string;
  readonly withoutPrm: number; // items of the role train
  readonly draws: number;
  readonly prmDraws: number;
  readonly prefixes: number;
}

export function notesOn({ layout: { items, sets }, failed, titles, candidates, decode, withoutPrm, draws, prmDraws, prefixes }: Noted): readonly string[] {
  const sized = sets.map(({ name, from, to }) => ({ title: setTitleOf(name, titles), name, n: to - from }));
  const empty = sized.filter(({ n }) => n === 0), single = sized.filter(({ n }) => n === 1), small = sized.filter(({ n }) => n > 1 && n < LARGE_SET);
  const most = items.reduce((largest, item) => Math.max(largest, sizeOf(item)), 0);
  const twice = items.reduce((sum, { judgedTwice }) => sum + judgedTwice, 0), all = items.reduce((sum, item) => sum + sizeOf(item), 0);
  const lost = sized.filter(({ name }) => (failed[name] ?? 0) > 0);
  return [
    ...publishedNotes(sized.filter(({ n }) => n > 0).map(({ name }) => name)),
    ...lost.map(({ title, name, n }) => `${title}: ${failed[name]} of ${failed[name]! + n} items could not be processed and are in no number.`),
    ...empty.map(({ title }) => `${title} has no judged item: its numbers are not defined, and no average contains it.`),
    ...single.map(({ title }) => `${title} has one item: no interval can be drawn from it, and those of the averages do not know how it varies.`),
    ...(small.length === 0 ? [] : [`Under ${LARGE_SET} items: ${small.slice(0, namedMax).map(({ title, n }) => `${title} (${n})`).join(', ')}${small.length > namedMax ? ` and ${small.length - namedMax} more` : ''}. Their intervals are wide${sets.length > 1 ? ', and the macro average gives them as much weight as the others' : ''}.`]),
    ...(twice > 0 && twice < all ? [`A second grader judged ${twice} of ${all} candidates: rules that choose among candidates have no accuracy by it.`] : []),
    ...(most > candidates ? [`Items have ${candidates} to ${most} candidates: rules choose among all that an item has, curves and pass@k go to ${candidates}.`] : []),
    ...(decode === 'sample' ? [] : [`Candidates were made by ${decode}: they are no independent samples, so there is no curve over N, no pass@k below N and no comparison at equal cost, and each rule but greedy pays for the scorer that steered the search.`]),
    ...(withoutPrm > 0 ? [`Quality of step values leaves out ${withoutPrm} item${withoutPrm === 1 ? '' : 's'} of the role train: the scorer may have been trained on ${withoutPrm === 1 ? 'it' : 'them'}.`] : []),
    ...(prmDraws < draws && prefixes > 0 && prmDraws > 0 ? [`Intervals of step values are from ${prmDraws.toLocaleString('en')} draws: each looks at ${prefixes.toLocaleString('en')} prefixes.`] : []),
  ];
}
