import type { Evaluation, PairResult } from '@slowthink/evaluation';
import { count, notAvailable, percent, points, pValue } from '../format.ts';
import { html, type Html } from '../html.ts';
import { ruleTitles } from './accuracy.ts';

/** A pair seen from one of its rules: the other minus the reference. */
interface Against { readonly rule: string; readonly pair: PairResult; readonly value: number | null; readonly low: number | null; readonly high: number | null; readonly only: number; readonly onlyReference: number }

const negated = (value: number | null): number | null => (value === null ? null : -value || 0);

/** Every other rule against the reference, largest difference first; those that are not defined stand last. */
export function against(paired: readonly PairResult[], reference: string): readonly Against[] {
  return paired.flatMap((pair): readonly Against[] => {
    const { a, b, difference: { value, low, high }, onlyA, onlyB } = pair;
    if (b === reference) return [{ rule: a, pair, value, low, high, only: onlyA, onlyReference: onlyB }];
    if (a === reference) return [{ rule: b, pair, value: negated(value), low: negated(high), high: negated(low), only: onlyB, onlyReference: onlyA }];
    return [];
  }).toSorted((x, y) => (y.value ?? -Infinity) - (x.value ?? -Infinity) || 0);
}

/** An axis from `least` to `most`, both 0 included, whose ends are ticks: steps of 1, 2 or 5 times a power of ten, five of them at the most, 1 point at the least. */
export function axisOf(least: number, most: number): { readonly low: number; readonly high: number; readonly ticks: readonly number[] } {
  for (let power = 0.001; ; power *= 10) {
    for (const step of [power, 2 * power, 5 * power]) {
      if (step < 0.01 - 1e-9) continue;
      const [first, last] = [Math.floor(Math.min(0, least) / step + 1e-9), Math.max(Math.ceil(Math.max(0, most) / step - 1e-9), least < 0 ? 0 : 1)];
      if (last - first <= 5) return { low: first * step, high: last * step, ticks: Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step) };
    }
  }
}

/**
 * Paired differences of rules as a forest plot: a table whose middle column draws the interval of each row on one axis, the table's own. One table a reference rule; the page shows that of the chosen one.
 * An interval that does not hold 0 is drawn in colour and with a filled spot.
 */
export function differencesSection(evaluation: Evaluation, rules: readonly string[], reference: string): Html {
  const titles = ruleTitles(evaluation);
  const titleOf = (rule: string): string => titles.get(rule) ?? rule;
  if (evaluation.paired.length === 0) return html`<section aria-labelledby="differences"><h2 id="differences">Differences between rules</h2><p>${rules.length < 2 ? 'There is one rule, and nothing to compare it with.' : 'Pairs of rules were not compared in this evaluation.'}</p></section>`;
  const names = [...new Set(evaluation.paired.flatMap(({ a, b }) => [a, b]))];
  return html`<section aria-labelledby="differences"><h2 id="differences">Differences between rules</h2>
<p class="small">Accuracy of a rule minus that of the reference on the same items, in percentage points: ${percent(evaluation.method.confidence, 0)} % intervals by paired bootstrap over items; p by McNemar's test on the items that one of the two alone gets right (exact below 25 of them). The last column corrects p for the number of pairs (Holm).</p>
<p class="chooser"><label>Reference rule <select id="reference" disabled>${names.map((name) => html`<option value="${name}"${name === reference ? html` selected` : ''}>${titleOf(name)}</option>`)}</select></label></p>
${names.map((name) => html`<div class="scroll" tabindex="0" role="region" aria-label="Differences to ${titleOf(name)}" data-reference="${name}"${name === reference ? '' : html` hidden`}>${forest(against(evaluation.paired, name), name, titleOf, rules)}</div>`)}</section>`;
}

function forest(rows: readonly Against[], reference: string, titleOf: (rule: string) => string, rules: readonly string[]): Html {
  const ends = rows.flatMap(({ value, low, high }) => [value ?? 0, low ?? 0, high ?? 0]);
  const { low: left, high: right, ticks } = axisOf(Math.min(...ends), Math.max(...ends));
  const place = (share: number): string => `${Number(((share - left) / (right - left) * 100).toFixed(2))}%`;
  const button = (only: number, rule: string, other: string): Html => (only === 0 || !rules.includes(rule) || !rules.includes(other) ? html`${count(only)}` : html`<button type="button" class="link" disabled data-show="${JSON.stringify({ ruleA: rules.indexOf(rule), outcomeA: 'r', ruleB: rules.indexOf(other), outcomeB: 'x' })}" aria-label="${`${count(only)}: show the items that ${titleOf(rule)} alone gets right`}">${count(only)}</button>`);
  return html`<table class="forest"><caption>Differences to ${titleOf(reference)}</caption><thead><tr><th scope="col">rule</th><th scope="col" class="range"><span class="sr">interval, drawn</span><svg class="ci axis" aria-hidden="true">${ticks.map((tick) => html`<text x="${place(tick)}" y="13">${points(tick).replace('.0', '')}</text>`)}</svg></th><th scope="col">difference</th><th scope="col">interval</th><th scope="col">only it</th><th scope="col">only reference</th><th scope="col">p</th><th scope="col">p, Holm</th></tr></thead>
<tbody>${rows.map(({ rule, pair, value, low, high, only, onlyReference }) => {
    const why = pair.difference.why ?? 'not defined for these items';
    const clear = low !== null && high !== null && (low > 0 || high < 0);
    return html`<tr><th scope="row">${titleOf(rule)}</th><td class="range"><svg class="ci${clear && ' clear'}" aria-hidden="true">${ticks.map((tick) => html`<line class="zero" x1="${place(tick)}" x2="${place(tick)}" y1="${Math.abs(tick) < 1e-9 ? 0 : 10}" y2="${Math.abs(tick) < 1e-9 ? 26 : 16}"/>`)}${low !== null && high !== null && html`<line x1="${place(low)}" x2="${place(high)}" y1="13" y2="13"/>`}${value !== null && html`<circle cx="${place(value)}" cy="13" r="4.5"/>`}</svg></td>
<td>${value === null ? notAvailable(why) : points(value)}</td><td>${low === null || high === null ? notAvailable(why) : `${points(low)} to ${points(high)}`}</td><td>${button(only, rule, reference)}</td><td>${button(onlyReference, reference, rule)}</td>${[pair.p, pair.pHolm].map((p) => html`<td>${p === null ? notAvailable('no item that one of the two alone gets right') : pValue(p)}</td>`)}</tr>`;
  })}</tbody></table>`;
}
