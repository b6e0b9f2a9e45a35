import type { PolicyIdentity } from '@slowthink/records';
import type { Evaluation } from '@slowthink/evaluation';
import { count } from '../format.ts';
import { html, type Html, type HtmlPart } from '../html.ts';
import type { ReportMeta } from '../write-report.ts';

const model = ({ model: name, revision }: PolicyIdentity): Html => html`<bdi>${name}</bdi><span class="small">revision <bdi>${revision}</bdi></span>`;

export const titleOf = (evaluation: Evaluation, meta: ReportMeta): string => meta.title ?? `${evaluation.policy.model}${evaluation.scorer === null ? '' : ` with scorer ${evaluation.scorer.model}`}`;

/** What was evaluated, and how: everything a reader must know before the numbers. */
export function heading(evaluation: Evaluation, meta: ReportMeta): Html {
  const { policy, scorer, grader, graderToo, decode, candidates, items, failed, sets, method } = evaluation;
  const facts: readonly (readonly [string, HtmlPart])[] = [
    ['Policy', model(policy)], ['Step scorer', scorer === null ? 'none' : model(scorer)], ['Items', html`${count(items)} in ${count(sets.length)} ${sets.length === 1 ? 'set' : 'sets'}${failed > 0 && html`<span class="small">${count(failed)} more failed and are in no number</span>`}`],
    ['Candidates an item (N)', html`${count(candidates)}<span class="small">made by ${decode}</span>`], ['Graded by', html`${grader}${graderToo !== 'none' && html`<span class="small">and by ${graderToo}</span>`}`],
    ['Intervals', html`${count(method.draws)} bootstrap draws<span class="small">seed ${method.seed}, ${count(method.subsets)} subsets for curves</span>`], ...(meta.facts ?? []),
  ];
  return html`<header><div class="top"><div><p class="small">Evaluation</p><h1><bdi>${titleOf(evaluation, meta)}</bdi></h1></div><button type="button" id="theme" hidden>Dark</button></div>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></header>`;
}

/** Sentences without which the numbers would be misread. */
export const notes = (sentences: readonly string[]): Html => (sentences.length === 0 ? html`` : html`<aside class="notes" aria-labelledby="notes"><h2 id="notes">To know before reading the numbers</h2><ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul></aside>`);
