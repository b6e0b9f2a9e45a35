// Reads a span of free words behind a cue and compares it whole: never by containment, so that "25 mg" is not "5 mg" and "not gerd" is not "gerd".
import type { Gold } from '@slowthink/records';
import { firstLine, lastLine, leadEnd } from './lines.ts';
import { AFTER_WORDS, matchAt, type Reader, type Reading, type Readers } from './reading.ts';
import { spanItems, spanKey, type SpanItem } from './span-key.ts';
import { tidyText } from './tidy.ts';

/** A span, or a name where no list of names is known. */
export type SpanGold = Extract<Gold, { readonly kind: 'span' | 'name' }>;
interface Judged { readonly key: string; readonly right: boolean }
interface Cut { readonly end: number; readonly soft: boolean }

const SPAN_MAX = 160; // characters of a line that are looked at
const CUTS_MAX = 8;
const HARD = new RegExp(String.raw`[.!?](?=[\s"'*)\]}$]|$)|[,;:](?=\s)|\s[–—-]\s|[()"|<\\。,;]|\*\*|\s(?:${AFTER_WORDS}|for|when|while|where|where?as|not)\b`, 'gi');
const SENTENCE_END = /(?<![\s("]\p{L}|^\p{L})[.!?]["'*)\]}$]{0,4}(?:\s|$)|\\boxed/u; // the stop of "E. coli" ends none
const SOFT = /\s+of\b|(?<=\bdos(?:e|es|age)\b)(?=[\s-])/gi; // "5 mg of …", "high-dose …": the span is complete, what it is a dose of follows
const NO_SPAN = /(?:not|no|never|neither|nor|none|unknown|unclear|unspecified|undetermined|n\/a)\b/iy;
const OR = /^[\s,]{0,3}\bor\s+(?:possibly |maybe |perhaps )?/i;
const CHANGES = /^(?:not|no|never|than|less|more|least|most|up|to|half|double|over|under|above|below|from|until|minus|plus|exceeding|exceeds|minimum|maximum|without|except|before|after|and|or)$/; // words before a quantity that make it another one
const DOSE_CUE = /(?<!\b(?:no|any|which|what) )\b(?:dose|dosage|amount|span)s?\b[^.\n:]{0,80}?(?:\b(?:is|was|are|were)\b(?! (?:not|mentioned|given|stated|described|indicated|reported|specified|increased|raised|reduced|lowered|adjusted|calculated)\b)|:)/gi;
const VERB = /\b(?:is|are|was|were|has|have|had|does|did|will|would|could|should|can|may|might|receives?|received|goes|went)\b/i;

/**
 * Finds a span: it ends where its clause ends, and may end earlier, at a comma, a bracket or "because". Right when one of these, taken whole, says what the gold or an alternative says;
 * what is accepted meets under the gold's key. "isosorbide dinitrate (5 mg)" and "isosorbide dinitrate 5 mg" say 5 mg; "less than 5 mg" does not.
 */
export function spanReaders(gold: SpanGold): Readers {
  const key = gold.kind === 'name' ? gold.answer : spanKey(spanItems(tidyText(gold.answer)));
  const golds = [gold.answer, ...(gold.alternatives ?? [])].map((each) => spanItems(tidyText(each)));
  const judge = judgeOf(golds, key);
  const longest = 4 * Math.max(...[gold.answer, ...(gold.alternatives ?? [])].map(({ length }) => length)) + 80; // no longer text says the same
  const reading = (text: string, at: number, end: number, keys: readonly string[], next?: Reading): Reading => {
    const all = [...new Set([...keys, ...(next?.keys ?? [])])];
    const last = next?.end ?? end;
    return { keys: all, right: all.length === 1 && all[0] === key, text: text.slice(at, last).trim(), end: last };
  };
  const read: Reader = (text, at) => {
    const line = lineAt(text, at);
    const cuts = cutsOf(line, longest);
    const judged = cuts.map(({ end }) => judge(line.slice(0, end)));
    const accepted = cuts[judged.findIndex((each) => each?.right)];
    if (accepted !== undefined) {
      const or = OR.exec(line.slice(accepted.end));
      const next = or === null ? undefined : read(text, at + accepted.end + or[0].length);
      return reading(text, at, at + accepted.end, [key], next);
    }
    if (matchAt(NO_SPAN, line, 0) !== null) return undefined;
    const gloss = /^[^()]{1,160}\(([^()]{1,80})\)/.exec(line);
    if (gloss !== null && judge(gloss[1]!)?.right === true && !(/\d/.test(gloss[1]!) && /\d/.test(gloss[0].slice(0, -gloss[1]!.length - 2).replace(/[\p{L}-]*\d[\p{L}-]+/gu, '')))) return reading(text, at, at + gloss[0].length, [key]);
    const place = cuts.findIndex(({ soft, end }, each) => judged[each] !== undefined && (!soft || /\d/.test(line.slice(0, end))));
    const words = cuts[place];
    if (words === undefined) return undefined;
    const said = line.slice(0, words.end).split(/\s+or\s+/i);
    const parts = said.length > 1 ? said.map(judge).filter((each) => each !== undefined) : [judged[place]!];
    return reading(text, at, at + words.end, parts.map((part) => part.key));
  };
  return { read, open: true, ...(gold.kind === 'span' ? { cues: DOSE_CUE } : {}) };
}

/** The answer of a reply without a statement: a last or only line of a few words that is no sentence; a label before it ("Dose: 5 mg") is passed over. */
export function readSpanLines(text: string, read: Reader, truncated: boolean): (Reading & { readonly rule: string }) | undefined {
  if (truncated) return undefined;
  const line = lastLine(text);
  const rule = line === firstLine(text) ? 'whole reply' : 'last line';
  const label = /^[^:\n]{1,40}:\s/.exec(line.slice(leadEnd(line)))?.[0].length ?? 0;
  const words = line.slice(leadEnd(line) + label).replace(/^[*_"'`$\s([{-]+/, '');
  const count = words.split(/\s+/).length;
  if (words.length > 160 || count > 10 || /[?:]\W*$/.test(words) || VERB.test(words) || (/\.\W*$/.test(words) && count > 3 && !/\d/.test(words))) return undefined;
  const at = text.trimEnd().length - words.length;
  const found = read(text, Math.max(0, at));
  return found === undefined ? undefined : { ...found, rule };
}

function judgeOf(golds: readonly (readonly SpanItem[])[], key: string): (span: string) => Judged | undefined {
  const keys = new Set(golds.map(spanKey));
  const bare = new Set(golds.flatMap((items) => (items.length === 1 && 'values' in items[0]! && items[0].unit === undefined ? [items[0].values.join('-')] : [])));
  return (span) => {
    const items = spanItems(span);
    if (items.length === 0) return undefined;
    const own = spanKey(items);
    const first = items.findIndex((item) => 'values' in item);
    const behind = first > 0 && first <= 6 && items.slice(0, first).every((item) => 'word' in item && !CHANGES.test(item.word)) ? items.slice(first) : items; // "d-penicillamine 125-500 mg daily"
    const alone = items.length === 1 && 'values' in items[0]! ? items[0].values.join('-') : undefined; // a gold without a unit does not ask for one: 0.6 % is 0.6
    const right = keys.has(own) || keys.has(spanKey(behind)) || (alone !== undefined && bare.has(alone));
    return { key: right ? key : own, right };
  };
}

const lineAt = (text: string, at: number): string => { const line = text.slice(at, at + SPAN_MAX); const end = line.indexOf('\n'); return end < 0 ? line : line.slice(0, end); };

/** Where a span of this line may end, nearest first: nowhere behind its sentence. A cut behind `longest` counts only when it is the first. */
function cutsOf(line: string, longest: number): readonly Cut[] {
  const sentence = SENTENCE_END.exec(line)?.index ?? line.length;
  const hard: Cut[] = [];
  for (const { index } of line.matchAll(HARD)) {
    if (index >= sentence || hard.length === CUTS_MAX) break;
    hard.push({ end: index, soft: false });
  }
  if (hard.length < CUTS_MAX) hard.push({ end: sentence, soft: false });
  const soft = [...line.slice(0, Math.min(sentence, longest)).matchAll(SOFT)].map(({ index }): Cut => ({ end: index, soft: true })).slice(0, CUTS_MAX);
  const cuts = [...hard, ...soft].filter(({ end }) => end > 0 && /[\p{L}\p{N}]/u.test(line.slice(0, end))).toSorted((a, b) => a.end - b.end);
  return cuts.filter(({ end }, place) => place === 0 || end <= longest);
}
