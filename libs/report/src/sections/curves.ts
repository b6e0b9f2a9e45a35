import type { Curve, Evaluation } from '@slowthink/evaluation';
import { count, estimate } from '../format.ts';
import { html, type Html } from '../html.ts';
import { curvePlot, lookOf, type DrawnCurve } from '../plots/curve-plot.ts';
import { swatch } from '../plots/swatch.ts';

const shownFirst = 4; // curves beside pass@N: more hide each other

/** The curves that are shown before a reader chooses: pass@N, the reference, MedS3's P-VS, and the best others at their last point. */
export function shownCurves(curves: readonly Curve[], reference: string): ReadonlySet<string> {
  const lastOf = ({ points }: Curve): number => points.at(-1)?.accuracy.value ?? -1;
  const ranked = curves.filter(({ rule }) => rule !== 'pass@N').toSorted((a, b) => lastOf(b) - lastOf(a)).map(({ rule }) => rule);
  const wanted = [reference, 'vote-sum-min', ...ranked].filter((rule) => ranked.includes(rule));
  return new Set(['pass@N', ...[...new Set(wanted)].slice(0, shownFirst)]);
}

/** Accuracy over N and over tokens, with a box a curve to show it, and the numbers as a table. */
export function curvesSection({ curves, method }: Evaluation, reference: string): Html {
  const shown = shownCurves(curves, reference);
  const ordered = [...curves.filter(({ rule }) => shown.has(rule) && rule !== 'pass@N'), ...curves.filter(({ rule }) => !shown.has(rule))]; // the first six looks go to what is shown
  const ceiling = curves.find(({ rule }) => rule === 'pass@N');
  const drawn: readonly DrawnCurve[] = [...(ceiling === undefined ? [] : [{ curve: ceiling, look: lookOf(5), shown: true }]), ...ordered.map((curve, place) => ({ curve, look: lookOf(place + Math.floor(place / 5)), shown: shown.has(curve.rule) }))];
  const byN = curvePlot(drawn, 'n');
  const byTokens = curvePlot(drawn, 'tokens');
  const head = html`<section aria-labelledby="curves"><h2 id="curves">Accuracy over candidates and tokens</h2>`;
  if (byN === undefined) return html`${head}<p>${curves.length === 0 ? 'Curves were not computed in this evaluation.' : 'No accuracy is defined for these items, so there is nothing to draw.'}</p></section>`;
  const ns = [...new Set(curves.flatMap(({ points }) => points.map(({ n }) => n)))].toSorted((a, b) => a - b);
  return html`${head}<p class="small">Each point is the mean over ${count(method.subsets)} random subsets of the candidates (seed ${method.seed}); bands are 95 % intervals over items. The second plot counts what an item costs in all: prompt, generated and scorer tokens, so that a rule with a scorer stands further right than one without.</p>
<fieldset class="curves"><legend>Curves</legend>${drawn.map(({ curve, look, shown: on }, index) => html`<label><input type="checkbox" data-curve="${index}" disabled${on && html` checked`}>${swatch(look)}${curve.title}</label>`)}</fieldset>
<div class="pairs"><figure>${byN}</figure>${byTokens !== undefined && html`<figure>${byTokens}</figure>`}</div>
<details><summary>The numbers of the curves</summary><div class="scroll" tabindex="0" role="region" aria-label="The numbers of the curves"><table class="sticky"><caption class="sr">Accuracy in percent, and tokens an item, for each rule and number of candidates</caption><thead><tr><th scope="col">rule</th>${ns.map((n) => html`<th scope="col">N = ${n}</th>`)}</tr></thead>
<tbody>${drawn.map(({ curve }) => html`<tr><th scope="row">${curve.title}</th>${ns.map((n) => {
    const point = curve.points.find((one) => one.n === n);
    return html`<td>${estimate(point?.accuracy ?? null)}${point !== undefined && html`<span class="interval">${count(point.totalTokens)} tokens</span>`}</td>`;
  })}</tr>`)}</tbody></table></div></details></section>`;
}
