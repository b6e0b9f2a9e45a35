import type { CostResult, Evaluation } from '@slowthink/evaluation';
import { count, estimate, notAvailable, points, short } from '../format.ts';
import { html, type Html } from '../html.ts';
import { together } from '../client/together.ts';
import { ruleTitles } from './accuracy.ts';

/** Rules that cost the same, in the order of the first of each. */
function alike(costs: readonly CostResult[]): readonly (readonly [rules: readonly string[], cost: CostResult])[] {
  const groups = new Map<string, readonly [string[], CostResult]>();
  for (const cost of costs) {
    const { rule, ...numbers } = cost;
    const key = JSON.stringify(numbers);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [[rule], cost]); else group[0].push(rule);
  }
  return [...groups.values()];
}

/** Mean tokens and FLOPs an item of each rule, and each scored rule against maj@M of the same cost. */
export function costSection(evaluation: Evaluation): Html {
  const titles = ruleTitles(evaluation);
  const { costs, equalCost, tokens } = evaluation;
  const flops = (of: number | null): Html => (of === null ? notAvailable('the number of parameters is not known') : html`${short(of)}`);
  const cells = ({ promptTokens, cachedTokens, generatedTokens, scorerTokens, policyFlops, scorerFlops }: CostResult): readonly (Html | string)[] => [
    count(promptTokens), cachedTokens === null ? notAvailable('the server does not say') : count(cachedTokens), count(generatedTokens), count(scorerTokens), flops(policyFlops), flops(scorerFlops)];
  return html`<section aria-labelledby="cost"><h2 id="cost">Cost</h2>
<p class="small">Mean of an item; FLOPs are 2 x parameters x tokens. In all: ${count(tokens.prompt)} prompt tokens${tokens.cached !== null && html` (${count(tokens.cached)} of them cached)`}, ${count(tokens.generated)} generated, ${count(tokens.scorer)} by the scorer.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Cost of each rule"><table class="sticky"><caption class="sr">Mean cost of an item by each rule</caption><thead><tr>${['rule', 'prompt tokens', 'of them cached', 'generated tokens', 'scorer tokens', 'policy FLOPs', 'scorer FLOPs'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${alike(costs).map(([rules, cost]) => html`<tr><th scope="row" class="wrap">${together(rules.map((rule) => titles.get(rule) ?? rule))}</th>${cells(cost).map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>
<h3 id="equal-cost">At equal cost</h3>${equalCost.length === 0 ? html`<p>No rule with scores was used, so majority vote has nothing to be compared with at equal cost.</p>` : html`<p class="small">A rule with scores has N candidates; majority vote (maj) has the M candidates that cost as much. Accuracies in percent, the difference (rule minus maj) in points.</p>
<div class="scroll" tabindex="0" role="region" aria-label="At equal cost"><table class="sticky"><caption class="sr">Rules with scores against majority vote of the same cost</caption><thead><tr>${['rule', 'N', 'maj has M', 'equal by', 'rule', 'maj@M', 'difference'].map((name) => html`<th scope="col">${name}</th>`)}<th scope="col" class="text">note</th></tr></thead>
<tbody>${equalCost.map(({ rule, n, m, by, ruleAccuracy, majorityAccuracy, difference, note }) => html`<tr><th scope="row">${titles.get(rule) ?? rule}</th><td>${n}</td><td>${m}</td><td>${by === 'flops' ? 'FLOPs' : 'tokens'}</td><td>${estimate(ruleAccuracy)}</td><td>${estimate(majorityAccuracy)}</td><td>${estimate(difference, points)}</td><td class="text wrap">${note ?? ''}</td></tr>`)}</tbody></table></div>`}</section>`;
}
