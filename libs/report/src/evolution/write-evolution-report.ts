import { createHash } from 'node:crypto';
import { decodingRules } from '@slowthink/decoding';
import type { EvolutionReport, Gain, RoundReport, Share } from '@slowthink/evolution';
import { count, estimate } from '../format.ts';
import { html, Html } from '../html.ts';
import { notes } from '../sections/heading.ts';
import { style } from '../style.ts';
import { forest, type ForestRow } from './forest.ts';

/** Nothing may be loaded, sent or run; the style sheet of this page applies, and no other. */
const contentPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;

const nameOf = (round: number): string => (round === 0 ? 'base' : `round ${round}`);
const share = (of: Share | undefined): Html => estimate(of === undefined ? null : { value: of.accuracy, low: of.low, high: of.high }, undefined, 'needs a step scorer');
const minutes = (value: number): string => (value < 0.095 ? `${Math.round(value * 60)} s` : value.toFixed(1));

/** An evolution as one HTML file without network or script: did the model get better, by how much, what did it cost, and which round is kept. The same report gives the same bytes. */
export function writeEvolutionReport(report: EvolutionReport): string {
  const { rounds, kept, recipe, seed, trainer, keepBy, stopped } = report;
  const [first] = rounds;
  const facts: readonly (readonly [string, Html | string])[] = [
    ['Recipe', recipe], ['Kept', html`${nameOf(kept.round)}<span class="small">best ${titleOf(keepBy)} on dev</span>`], ['Rounds', html`${Math.max(0, rounds.length - 1)}${stopped !== null && html`<span class="small">stopped early</span>`}`],
    ['Items of dev', first === undefined ? 'none' : count(first.items)], ['Candidates an item (N)', first === undefined ? 'none' : count(first.candidates)], ['Time of all steps', `${minutes(rounds.reduce((sum, round) => sum + minutesOf(round), 0))} minutes`],
    ['Trainer', html`<bdi>${trainer}</bdi>`], ['Seed', String(seed)],
  ];
  const sections = [['rounds', 'Rounds'], ['gains', 'Gains'], ['cost', 'Time and tokens'], ['models', 'Models and hashes']] as const;
  return `${html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${contentPolicy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><title>${recipe} - evolution</title><style>${new Html(style)}</style></head>
<body><a class="skip" href="#main">Skip to the numbers</a>
<header><p class="small">Evolution</p><h1>${recipe}: ${headline(report)}</h1>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></header>
<main id="main" tabindex="-1">${notes([...(stopped === null ? [] : [stopped]), ...report.notes])}<nav aria-label="Sections"><ul>${sections.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
${roundsSection(report)}
${gainsSection(rounds)}
${costSection(rounds)}
${modelsSection(rounds, kept.round)}</main>
<footer><p>Written by Slowthink. This file needs no network, sends nothing and runs no script.</p></footer>
</body></html>
`}`;
}

/** One sentence: what became of greedy accuracy from the base to the last round. */
function headline({ rounds }: EvolutionReport): string {
  const gains = rounds.flatMap(({ greedyGain }) => greedyGain ?? []);
  if (gains.length === 0) return 'the base is measured';
  const better = gains.filter(({ low }) => (low ?? -1) > 0).length, worse = gains.filter(({ high }) => (high ?? 1) < 0).length;
  return `greedy accuracy rose clearly in ${better} of ${gains.length} ${gains.length === 1 ? 'round' : 'rounds'}${worse > 0 ? ` and fell clearly in ${worse}` : ''}`;
}

const minutesOf = ({ minutes: of }: RoundReport): number => Object.values(of).reduce((sum, one) => sum + one, 0);
const titleOf = (rule: string): string => decodingRules.find(({ name }) => name === rule)?.title ?? rule;

function roundsSection({ rounds, kept, keepBy }: EvolutionReport): Html {
  const rules = decodingRules.map(({ name }) => name).filter((name) => rounds.some(({ accuracies }) => accuracies[name] !== undefined));
  const shown = rules.filter((name) => ['greedy', 'maj', 'vote-sum-min', 'vote-sum-last', 'bon-min', keepBy].includes(name));
  const oracle = Object.keys(rounds[0]?.accuracies ?? {}).find((name) => name.startsWith('pass@'));
  const row = (round: RoundReport, names: readonly string[]): Html => html`<tr><th scope="row">${nameOf(round.round)}${round.round === kept.round && html`<span class="small">kept</span>`}</th>${names.map((name) => html`<td${name === keepBy && round.round === kept.round ? html` class="best"` : ''}>${share(round.accuracies[name])}</td>`)}</tr>`;
  const table = (names: readonly string[], caption: string): Html => html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="sticky"><caption class="sr">${caption}</caption><thead><tr><th scope="col">round</th>${names.map((name) => html`<th scope="col">${titleOf(name)}</th>`)}</tr></thead><tbody>${rounds.map((round) => row(round, names))}</tbody></table></div>`;
  return html`<section aria-labelledby="rounds"><h2 id="rounds">Rounds</h2>
<p class="small">Accuracy on dev in percent with 95 % intervals by bootstrap over items. Every rule of a round but greedy chooses among the same candidates. The number that decides which round is kept is bold.</p>
${table([...shown, ...(oracle === undefined ? [] : [oracle])], 'Accuracy of each round on dev, in percent')}
<details><summary>All decoding rules</summary>${table(rules, 'Accuracy of each round by every decoding rule, in percent')}</details></section>`;
}

function gainsSection(rounds: readonly RoundReport[]): Html {
  const rows = (of: (round: RoundReport) => Gain | null, title: (round: number) => string): readonly ForestRow[] => rounds.flatMap((round) => { const gain = of(round); return gain === null ? [] : [{ title: title(round.round), gain }]; });
  const greedy = rows(({ greedyGain }) => greedyGain, (round) => `${nameOf(round)} over ${nameOf(round - 1)}`);
  const vote = rows(({ voteGain }) => voteGain, nameOf);
  return html`<section aria-labelledby="gains"><h2 id="gains">Gains</h2>
<p class="small">Differences in percentage points, paired: each item is its own control. A filled mark is an interval that leaves zero out. Intervals are over items, at the weights of this evolution; another training seed gives other weights.</p>
<h3>Did the policy get better? Greedy accuracy against the round before</h3>${greedy.length === 0 ? html`<p>No round has ended yet.</p>` : forest(greedy, 'Greedy accuracy of each round against the round before')}
<h3>Does the step scorer help? vote-sum (min) against maj@N, same candidates</h3>${vote.length === 0 ? html`<p>No round has a step scorer yet.</p>` : forest(vote, 'vote-sum (min) against maj@N in each round')}</section>`;
}

const steps = ['questions', 'curriculum', 'run', 'sft', 'dpo', 'prm', 'dev'] as const;

function costSection(rounds: readonly RoundReport[]): Html {
  const used = steps.filter((step) => rounds.some(({ minutes: of }) => of[step] !== undefined));
  const cells = (of: (step: string) => Html | string): readonly Html[] => used.map((step) => html`<td>${of(step)}</td>`);
  return html`<section aria-labelledby="cost"><h2 id="cost">Time and tokens</h2>
<p class="small">Minutes on the clock of each step; below them prompt and generated tokens, or, of a training, tokens seen. What a killed command took is not known and not counted; a trainer counts all its attempts.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Time and tokens"><table class="sticky"><caption class="sr">Minutes and tokens of each step</caption><thead><tr><th scope="col">round</th><th scope="col">questions</th>${used.map((step) => html`<th scope="col">${step === 'questions' ? 'draw' : step}</th>`)}<th scope="col">minutes</th><th scope="col">requests</th></tr></thead>
<tbody>${rounds.map((round) => html`<tr><th scope="row">${nameOf(round.round)}</th><td>${round.questions === null ? '' : count(round.questions)}</td>${cells((step) => { const time = round.minutes[step], tokens = round.tokens[step]; return time === undefined ? '' : html`<span class="value">${minutes(time)}</span>${tokens !== undefined && html`<span class="interval">${count(tokens)}</span>`}`; })}<td>${minutes(minutesOf(round))}</td><td>${count(round.requests)}</td></tr>`)}</tbody></table></div></section>`;
}

function modelsSection(rounds: readonly RoundReport[], kept: number): Html {
  const rowsText = ({ rows }: RoundReport): string => Object.entries(rows).map(([kind, rowCount]) => `${count(rowCount)} ${kind}`).join(', ');
  return html`<section aria-labelledby="models"><h2 id="models">Models and hashes</h2>
${rounds.map((round) => html`<h3>${nameOf(round.round)}${round.round === kept ? ', kept' : ''}</h3><dl class="facts"><div><dt>policy</dt><dd><bdi>${round.policy}</bdi></dd></div><div><dt>step scorer</dt><dd><bdi>${round.scorer ?? 'none'}</bdi></dd></div>${Object.keys(round.rows).length > 0 && html`<div><dt>rows</dt><dd>${rowsText(round)}</dd></div>`}<div><dt>evaluation</dt><dd><a href="${round.report}">report of dev</a></dd></div></dl>
<details><summary>sha256 of what it made</summary><div class="scroll" tabindex="0" role="region" aria-label="Hashes of ${nameOf(round.round)}"><table><caption class="sr">Hashes of ${nameOf(round.round)}</caption><tbody>${Object.entries(round.hashes).map(([name, hash]) => html`<tr><th scope="row">${name}</th><td class="text"><code>${hash}</code></td></tr>`)}</tbody></table></div></details>`)}</section>`;
}
