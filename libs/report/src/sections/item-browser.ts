import type { Evaluation } from '@slowthink/evaluation';
import { html, type Html } from '../html.ts';
import { ruleTitles } from './accuracy.ts';

const outcomes = [['', 'anything'], ['r', 'right'], ['x', 'not right'], ['w', 'wrong'], ['n', 'without an answer'], ['t', 'cut off']] as const;
const candidates = [['', 'any'], ['none right', 'none is right'], ['some right', 'some are right, some not'], ['all right', 'all are right'], ['some none', 'some state no answer'], ['all none', 'none states an answer'], ['some truncated', 'some are cut off']] as const;

/** The frame of the item browser, which the script fills from the data blocks of the page. `rules` in the order of the outcomes in a row. */
export function itemBrowserSection(evaluation: Evaluation, rules: readonly string[], reference: string): Html {
  const titles = ruleTitles(evaluation);
  const options = (some: readonly (readonly [string, string])[], chosen: string): readonly Html[] => some.map(([value, name]) => html`<option value="${value}"${value === chosen ? html` selected` : ''}>${name}</option>`);
  const rulesBy = (chosen: number): readonly Html[] => options([['-1', 'no rule'], ...rules.map((rule, at) => [String(at), titles.get(rule) ?? rule] as const)], String(chosen));
  const first = rules.indexOf(reference);
  const second = rules.findIndex((rule) => rule === 'vote-sum-min' && rule !== reference);
  const pair = (which: 'A' | 'B', chosen: number): Html => html`<fieldset><legend>${which === 'A' ? 'Rule' : 'and rule'}</legend><div><select name="rule${which}" aria-label="${which === 'A' ? 'first' : 'second'} rule">${rulesBy(chosen)}</select><select name="outcome${which}" aria-label="${which === 'A' ? 'what the first rule' : 'what the second rule'} chose is">${options(outcomes, '')}</select></div></fieldset>`;
  return html`<section id="items" aria-labelledby="items-title"><h2 id="items-title">Items</h2>
<noscript><p>The items are packed and need a script to be shown; all numbers above do not.</p></noscript>
<form hidden aria-label="Filters of the items"><label>Search in question and id <input type="search" name="text" autocomplete="off" spellcheck="false"></label>
<label>Set <select name="set">${options([['', 'all'], ...evaluation.sets.map(({ name, title }) => [name, title] as const)], '')}</select></label>
${pair('A', first)}${pair('B', second)}
<label>Candidates <select name="candidates">${options(candidates, '')}</select></label>
<label class="check"><input type="checkbox" name="disagree"> only where one of the two rules is right</label><div><button type="reset">Reset</button></div></form>
<div class="browser"><div class="aside"><div class="pager"><p id="item-count" role="status" tabindex="-1">The items are being unpacked.</p><button type="button" data-page="back" disabled aria-label="Earlier items">&lsaquo;</button><button type="button" data-page="on" disabled aria-label="Further items">&rsaquo;</button></div>
<ol id="item-list" aria-label="Items"></ol></div><div id="item-detail" role="region" aria-label="Item"><p class="small">Choose an item. Arrow keys walk the list; j and k open the next and the previous item. The address of an open item can be passed on.</p></div></div></section>`;
}
