import { createHash } from 'node:crypto';
import { ruleNamed } from '@slowthink/decoding';
import type { Evaluation } from '@slowthink/evaluation';
import { FaultError } from '@slowthink/faults';
import type { VerdictsRecord } from '@slowthink/records';
import { clientScript } from './client/script.js';
import { html, Html } from './html.ts';
import { itemBlocks } from './items/item-blocks.ts';
import { accuracySection, ruleTitles } from './sections/accuracy.ts';
import { costSection } from './sections/cost.ts';
import { curvesSection } from './sections/curves.ts';
import { differencesSection } from './sections/differences.ts';
import { heading, notes, titleOf } from './sections/heading.ts';
import { itemBrowserSection } from './sections/item-browser.ts';
import { stepValuesSection } from './sections/step-values.ts';
import { style } from './style.ts';

/** What the numbers themselves do not say. */
export interface ReportMeta {
  /** The heading; "POLICY with scorer SCORER" when not given. */
  readonly title?: string;
  /** Further facts under the heading, as name and value: seed of the run, sampling, settings hash, versions, command. Text, never markup. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  /** The rule that the others are compared with when the page opens; maj when not given, or the first there is. */
  readonly reference?: string;
}

const hashOf = (source: string): string => `'sha256-${createHash('sha256').update(source).digest('base64')}'`;

/** Nothing may be loaded or sent; the style sheet and the script of this page run, and no other. */
const contentPolicy = `default-src 'none'; script-src ${hashOf(clientScript)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`;

/** JSON inside a script element: no "<", so that it cannot end the element or open a comment, and no line separators. */
export const embedded = (value: unknown): Html => new Html(JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`));

/**
 * An evaluation as one HTML file, in chunks: numbers, plots and a browser of the items. It needs no network and may not use one (its content security policy), and shows what models wrote as text only.
 * Read once, in the order given; holds the texts of 32 items and the rows of 512 at most. The same arguments give the same bytes.
 * Faults: SETTING_INVALID for a reference that is no rule of the evaluation.
 */
export async function* writeReport(evaluation: Evaluation, items: AsyncIterable<VerdictsRecord> | Iterable<VerdictsRecord>, meta: ReportMeta = {}): AsyncGenerator<string> {
  const rules = [...ruleTitles(evaluation)].map(([name, title]) => ({ name, title }));
  const names = rules.map(({ name }) => name);
  const reference = meta.reference === undefined ? (names.includes('maj') ? 'maj' : names[0] ?? '') : ruleNamed(meta.reference).name;
  if (meta.reference !== undefined && !names.includes(reference)) throw new FaultError('SETTING_INVALID', `The reference rule ${reference} is none of this evaluation.`, { hint: `Its rules: ${names.join(', ')}.` });
  const sections = [['accuracy', 'Accuracy'], ['differences', 'Differences'], ['curves', 'Candidates and tokens'], ['step-values', 'Step values'], ['cost', 'Cost'], ['items', 'Items']] as const;
  yield `${html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${contentPolicy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><title>${titleOf(evaluation, meta)} - evaluation</title><style>${new Html(style)}</style></head>
<body><a class="skip" href="#main">Skip to the numbers</a>
${heading(evaluation, meta)}
<main id="main" tabindex="-1">${notes(evaluation.notes)}<nav aria-label="Sections"><ul>${sections.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
${accuracySection(evaluation)}
${differencesSection(evaluation, names, reference)}
${curvesSection(evaluation, reference)}
${stepValuesSection(evaluation)}
${costSection(evaluation)}
${itemBrowserSection(evaluation, names, reference)}</main>
<footer><p>Written by Slowthink. This file needs no network and sends nothing. Step values are coloured from low (orange) to high (blue), with their number beside them.</p></footer>
<script type="application/json" id="rules">${embedded(rules)}</script>
<script>${new Html(clientScript)}</script>
`}`;
  for await (const block of itemBlocks(items, names.map(ruleNamed))) yield block.markup;
  yield '</body></html>\n';
}
