import { isCeiling, type Average, type Estimate, type Evaluation, type PassResult, type RuleResult, type SetResult } from '@slowthink/evaluation';
import { count, estimate, notAvailable, percent } from '../format.ts';
import { html, type Html } from '../html.ts';

/** What a column of the table is about: a set, or an average over sets. */
interface Column { readonly title: string; readonly of: SetResult | Average; readonly below: Html }

const averageTitles: { readonly [Name in Average['name']]: string } = { micro: 'All items', macro: 'Mean of sets', 'macro of sets from 100 items': 'Mean of sets from 100 items' };

/** The titles of all rules, in the order of the sets. */
export function ruleTitles({ sets, averages }: Evaluation): ReadonlyMap<string, string> {
  return new Map([...averages, ...sets].flatMap(({ rules }) => rules.map(({ rule, title }) => [rule, title] as const)));
}

const columnsOf = ({ sets, averages }: Evaluation): readonly Column[] => [
  ...averages.map((of): Column => ({ title: averageTitles[of.name], of, below: html`${of.sets.length} sets, ${count(of.n)} items` })),
  ...sets.map((of): Column => ({ title: of.title, of, below: html`${count(of.n)} ${of.n === 1 ? 'item' : 'items'}${of.failed > 0 && html`, ${count(of.failed)} failed`}` })),
];

const share = (value: number | null, why: string): Html => (value === null ? notAvailable(why) : html`<span class="value">${percent(value)}</span>`);
const oracleOf = (pass: readonly PassResult[]): PassResult | undefined => pass.toSorted((a, b) => b.k - a.k)[0];
const missing: Estimate = { value: null, low: null, high: null, why: 'this rule was not used on this set' };

/** pass@N is the ceiling only where every item has N candidates: of more, a rule may choose one that a draw of N has not. */
const boundOf = (evaluation: Evaluation, k: number | undefined): Html => html`pass@${String(k ?? 'N')}<span class="small">${k === undefined || isCeiling(evaluation, evaluation.sets.map(({ name }) => name), k) ? 'ceiling: any candidate right' : `any of ${count(k)} candidates right; some items have more, so rules may exceed it`}</span>`;

/** Accuracy of every rule on every set and average, between the ceiling (pass@N: any candidate right) and the floor (majority class, chance). The best rules of a column are bold. */
export function accuracySection(evaluation: Evaluation): Html {
  const columns = columnsOf(evaluation);
  const titles = [...ruleTitles(evaluation)];
  const best = columns.map(({ of }) => Math.max(...of.rules.map(({ accuracy }) => accuracy.value ?? -1)));
  const result = ({ of }: Column, rule: string): RuleResult | undefined => of.rules.find((one) => one.rule === rule);
  const counted = columns.findIndex(({ of }) => of.rules.some(({ counts }) => counts !== null)); // of this column it is said how many choices state no answer
  const anyExact = columns.some(({ of }) => of.rules.some(({ exact }) => exact !== null));
  const row = (name: string, scope: Html | string, cells: readonly (Html | string)[]): Html => html`<tr class="${name}"><th scope="row">${scope}</th>${cells.map((cell, at) => html`<td>${cell}</td>${at === counted && html`<td></td><td></td>`}`)}</tr>`;
  return html`<section aria-labelledby="accuracy"><h2 id="accuracy">Accuracy</h2>
<p class="small">In percent, with ${percent(evaluation.method.confidence, 0)} % intervals by bootstrap over items (${count(evaluation.method.draws)} draws). The highest of a column is bold; whether it is better than another is a question for the differences below. None and cut off: choices that state no answer, though they ended or since they reached the token limit; both count as not right.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Accuracy"><table class="sticky"><caption class="sr">Accuracy of each decoding rule on each set, in percent</caption>
<thead><tr><th scope="col">rule</th>${columns.map(({ title, below }, at) => html`<th scope="col"><span class="title">${title}</span><span class="small">${below}</span></th>${at === counted && html`<th scope="col">none</th><th scope="col">cut off</th>`}`)}</tr></thead>
<tbody>${row('bound section', boundOf(evaluation, oracleOf(columns[0]!.of.pass)?.k), columns.map(({ of }) => estimate(oracleOf(of.pass)?.passAtK ?? null)))}
${titles.map(([rule, title]) => html`<tr><th scope="row">${title}</th>${columns.map((column, at) => {
    const accuracy = result(column, rule)?.accuracy ?? missing;
    return html`<td${accuracy.value !== null && accuracy.value === best[at] && titles.length > 1 ? html` class="best"` : ''}>${estimate(accuracy)}</td>${at === counted && noAnswers(result(column, rule)?.counts ?? null, column.of.n)}`;
  })}</tr>`)}
${row('bound', html`majority class<span class="small">the most frequent answer, always</span>`, columns.map(({ of }) => share(of.majorityClass, 'not defined for these items')))}
${row('bound', html`chance<span class="small">a random option</span>`, columns.map(({ of }) => share(of.chance, 'the items have no options')))}</tbody></table></div>
${outcomes(evaluation.sets, anyExact ? evaluation.graderToo : undefined)}${passes(columns)}${samples(evaluation.sets)}</section>`;
}

/** Shares of choices without an answer, as two cells. */
const noAnswers = (counts: RuleResult['counts'], n: number): Html => (counts === null || n === 0 ? html`<td></td><td></td>` : html`${[counts.none, counts.truncated].map((one) => html`<td><span class="value">${percent(one / n)}</span><span class="interval">${count(one)}</span></td>`)}`);

/** Right, wrong, none and truncated of each set and rule, with the Wilson interval of the plain share. */
const outcomes = (sets: readonly SetResult[], second: string | undefined): Html => html`<details><summary>What the chosen answers are: right, wrong, none, cut off</summary>
<p class="small">none: the chosen solution states no answer though it ended; cut off: it states none since it reached the token limit. Both count as not right. Wilson: the interval of the plain share.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Outcomes"><table><caption class="sr">Outcomes of each rule on each set</caption><thead><tr>${['set', 'rule', 'right', 'wrong', 'none', 'cut off', 'Wilson interval', ...(second === undefined ? [] : [`accuracy by ${second}`])].map((name, at) => html`<th scope="col" class="${at < 2 && 'text'}">${name}</th>`)}</tr></thead>
${sets.map(({ title, rules, noAnswer, n }) => html`<tbody>${rules.map(({ title: rule, counts, wilson, exact }, at) => html`<tr>${at === 0 && html`<th scope="rowgroup" rowspan="${rules.length}" class="text">${title}<span class="small">${noAnswer === 0 ? 'every item has an answer' : html`${count(noAnswer)} of ${count(n)} without any answer`}</span></th>`}<th scope="row">${rule}</th>${counts === null ? html`<td colspan="4">${notAvailable('an average of sets has no counts')}</td>` : [counts.right, counts.wrong, counts.none, counts.truncated].map((one) => html`<td>${count(one)}</td>`)}<td class="line">${wilson === null || wilson.low === null || wilson.high === null ? notAvailable(wilson?.why ?? 'no plain share') : html`${percent(wilson.low)} to ${percent(wilson.high)}`}</td>${second !== undefined && html`<td class="line">${estimate(exact)}</td>`}</tr>`)}</tbody>`)}</table></div></details>`;

/** pass@k and pass^k of each set and average. */
function passes(columns: readonly Column[]): Html {
  const ks = [...new Set(columns.flatMap(({ of }) => of.pass.map(({ k }) => k)))].toSorted((a, b) => a - b);
  const cell = (of: Column['of'], k: number, which: 'passAtK' | 'passHatK'): Html => html`<td>${estimate(of.pass.find((one) => one.k === k)?.[which] ?? null)}</td>`;
  const half = (name: string, which: 'passAtK' | 'passHatK'): Html => html`<tbody>${ks.map((k, at) => html`<tr class="${at === ks.length - 1 && 'section'}"><th scope="row">${name}${k}</th>${columns.map(({ of }) => cell(of, k, which))}</tr>`)}</tbody>`;
  return ks.length === 0 ? html`` : html`<details><summary>pass@k and pass^k</summary><p class="small">pass@k: at least one of k candidates is right, 1 - C(n-c, k) / C(n, k). pass^k: all k are, C(c, k) / C(n, k). Means over items, in percent.</p>
<div class="scroll" tabindex="0" role="region" aria-label="pass@k and pass^k"><table class="sticky"><caption class="sr">pass@k and pass^k on each set</caption><thead><tr><th scope="col">k</th>${columns.map(({ title }) => html`<th scope="col"><span class="title">${title}</span></th>`)}</tr></thead>${half('pass@', 'passAtK')}${half('pass^', 'passHatK')}</table></div></details>`;
}

/** What all candidates are, chosen or not. */
const samples = (sets: readonly SetResult[]): Html => html`<details><summary>All candidates</summary><div class="scroll" tabindex="0" role="region" aria-label="All candidates"><table><caption class="sr">All candidates of each set</caption>
<thead><tr>${['set', 'candidates', 'right', 'wrong', 'none', 'cut off', 'not scored'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${sets.map(({ title, samples: of }) => html`<tr><th scope="row">${title}</th>${[of.samples, of.right, of.wrong, of.none, of.truncated, of.unscored].map((one) => html`<td>${count(one)}</td>`)}</tr>`)}</tbody></table></div></details>`;
