import type { Evaluation, PrmPart } from '@slowthink/evaluation';
import { count, decimal, estimate, percent } from '../format.ts';
import { html, type Html } from '../html.ts';
import { calibrationPlot } from '../plots/calibration-plot.ts';
import { lookOf } from '../plots/curve-plot.ts';
import { swatch } from '../plots/swatch.ts';

/** What the values of steps are worth: AUROC, Brier score, calibration; inner and final steps apart. */
export function stepValuesSection({ prm, scorer }: Evaluation): Html {
  const head = html`<section aria-labelledby="step-values"><h2 id="step-values">Step values</h2>`;
  if (prm === null) return html`${head}<p>${scorer === null ? 'No scorer was used, so steps have no values, and no rule looks at them.' : 'No step has a value.'}</p></section>`;
  const parts: readonly (readonly [string, PrmPart])[] = [['inner', prm.inner], ['final', prm.final], ['all', prm.all]];
  const plot = calibrationPlot(prm);
  const bins = prm.all.bins.map(({ low, high }, at) => ({ low, high, parts: parts.map(([, part]) => part.bins[at]) }));
  return html`${head}<p class="small">The value of a step against what came of it: a prefix that k candidates share is right in r of them. AUROC: 0.5 is chance, 1 is perfect. Brier score and calibration error (ECE): 0 is perfect.</p>
<div class="pairs"><figure>${plot === undefined ? html`<p>No rollout has a value, so there is nothing to draw.</p>` : html`<p class="small">${swatch(lookOf(0))} inner steps &nbsp; ${swatch(lookOf(1))} final steps; dashed: a value that is a probability</p>${plot}`}</figure>
<div><div class="scroll" tabindex="0" role="region" aria-label="Quality of step values"><table><caption class="sr">Quality of step values</caption><thead><tr>${['steps', 'AUROC', 'Brier', 'ECE', 'prefixes', 'rollouts'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${parts.map(([name, { auroc, brier, ece, prefixes, rollouts }]) => html`<tr><th scope="row">${name}</th>${[auroc, brier, ece].map((one) => html`<td>${estimate(one, decimal)}</td>`)}<td>${count(prefixes)}</td><td>${count(rollouts)}</td></tr>`)}</tbody></table></div>
<details><summary>The numbers of the calibration plot</summary><div class="scroll" tabindex="0" role="region" aria-label="The numbers of the calibration plot"><table><caption class="sr">Mean value and share of right rollouts in ten bins of step values</caption><thead><tr><th scope="col">values</th>${parts.map(([name]) => html`<th scope="col">${name}<span class="small">mean value, right, rollouts</span></th>`)}</tr></thead>
<tbody>${bins.map(({ low, high, parts: cells }) => html`<tr><th scope="row">${low.toFixed(1)} to ${high.toFixed(1)}</th>${cells.map((cell) => html`<td>${cell === undefined || cell.value === null || cell.right === null ? 'no rollout' : html`${cell.value.toFixed(2)}, ${percent(cell.right)} %, ${count(cell.n)}`}</td>`)}</tr>`)}</tbody></table></div></details></div></div></section>`;
}
