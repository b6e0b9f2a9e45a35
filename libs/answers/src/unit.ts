// Units with "/" and "per": mg/kg/day, mcg kg^-1 min^-1, mL/min/1.73 m2. Two convert when the bases above and below the line are the same.
import { AFTER_LETTER, matchAt } from './reading.ts';
import { unitRow, type UnitRow } from './unit-table.ts';

export interface Unit {
  /** value in base units = value * factor + offset */
  readonly factor: number;
  readonly offset: number;
  /** Bases above and below the line, sorted; kg of body weight below mg does not cancel. */
  readonly dimension: string;
}

export interface UnitReading {
  readonly unit: Unit;
  readonly end: number;
  /** The unit without a schedule ("25 mg daily" may answer 25 mg or 25 mg/day). */
  readonly unscheduled: Unit;
}

const MARKUP = /(?:[ \t~{}]|\\(?:text|mathrm|rm|textrm|,|;|:|!|quad)\{?|\\ |\*(?=\*)|(?<=\*)\*|(?<=\s)-(?=[a-z])){0,8}/y;
const NAME = /(?:1\.73[ \t]?m\^?2|°[ \t]?[CF]\b|%|(?:mm|cm)\^?[23](?!\d)|m\^?2(?!\d)|cmH2O\b|(?:square|international|degrees?)[ \t-](?:met(?:er|re)s?|units?|celsius|fahrenheit|C\b|F\b)|mm[ \t]hg\b|cm[ \t]H2O\b|\\?[µ]?[A-Za-z]{1,24})/iy;
const OVER = /[ \t}]{0,3}(?:\/|per\b)[ \t{]{0,3}(\d{1,4}(?:\.\d{1,2})?(?!\.?\d| ?m\^?2)[ \t]{0,2})?/iy;
const TIMES = /[ \t]?[·*.⋅][ \t]?(?=[A-Za-zµ])|[ \t](?=[A-Za-zµ]{1,5}\^\{?-1)/y;
const INVERSE = /\^\{?\(?-1\)?\}?/y;
const SCHEDULE = /[ \t]{1,2}(?:(?:once )?(daily|hourly|weekly)|(?:a|an|each|every)[ \t](?:(\d{1,3})[ \t])?(minutes?|hours?|days?|weeks?)|every[ \t](\d{1,3})[ \t]?(h))\b/iy;
const NOT_UNITS = new RegExp(String.raw`^(?:${AFTER_LETTER}|a|an|the|of|per|every|each|over|once|twice|daily|hourly|weekly|times|then|it|this|we|you|he|she|they|are|was|were|will|can|must|should|times|x|total|approximately|about|left|right|infused|given|orally|intravenously|administered|equals|equal|than|more|less|or)$`, 'i');
const schedules: { readonly [word: string]: string } = { daily: 'day', hourly: 'h', weekly: 'week' };

interface Parts { readonly over: string[]; readonly under: string[]; factor: number; offset: number }

/** The unit at `at` (behind a number), or none. An unknown noun is a unit of its own, so that "5 drinks" does not answer "5 mg". */
export function readUnit(text: string, at: number): UnitReading | undefined {
  const parts: Parts = { over: [], under: [], factor: 1, offset: 0 };
  const first = readFactor(text, at, parts, false, 1);
  if (first === undefined) return undefined;
  let end: number = first;
  for (let count = 0; count < 6; count++) {
    const over = matchAt(OVER, text, end);
    const times = over === null ? matchAt(TIMES, text, end) : null;
    const next: number | undefined = over !== null ? readFactor(text, end + over[0].length, parts, true, Number(over[1] ?? 1)) : times !== null ? readFactor(text, end + times[0].length, parts, false, 1, true) : undefined;
    if (next === undefined) break;
    end = next;
  }
  const unscheduled = unitOf(parts);
  const schedule = matchAt(SCHEDULE, text, end);
  if (schedule === null) return { unit: unscheduled, unscheduled, end };
  const time = unitRow(schedules[schedule[1]?.toLowerCase() ?? ''] ?? schedule[3] ?? schedule[5] ?? 'h')!;
  parts.under.push(time.base);
  parts.factor /= time.factor * Math.max(1, Number(schedule[2] ?? schedule[4] ?? 1));
  return { unit: unitOf(parts), unscheduled, end: end + schedule[0].length };
}

/** The unit a gold answer is given in; an unknown one counts as its own dimension. Undefined for the empty unit. */
export function parseUnit(name: string): Unit | undefined {
  const trimmed = name.normalize('NFKC').replaceAll('\u03bc', 'µ').trim();
  if (trimmed === '') return undefined;
  const reading = readUnit(trimmed, 0);
  return reading !== undefined && reading.end === trimmed.length ? reading.unit : { factor: 1, offset: 0, dimension: trimmed.toLowerCase() };
}

function readFactor(text: string, at: number, parts: Parts, below: boolean, count: number, known = false): number | undefined {
  const start = at + matchAt(MARKUP, text, at)![0].length;
  const name = matchAt(NAME, text, start);
  if (name === null) return undefined;
  const joined = name[0].replace(/^\\/, '').replace(/[ \t]+/g, /^(?:1|°)/.test(name[0]) ? '' : '-').replace(/^degrees-/i, 'degree-');
  const row: UnitRow | undefined = unitRow(joined) ?? (known || (below && joined.length < 2) || NOT_UNITS.test(joined) ? undefined : { base: joined.toLowerCase().replace(/(?<=..)s$/, ''), factor: 1 });
  if (row === undefined || (joined === 'in' && !/[\d"]$/.test(text.slice(0, at).trimEnd().slice(-1)))) return undefined;
  let end = start + name[0].length;
  const inverse = matchAt(INVERSE, text, end);
  if (inverse !== null) end += inverse[0].length;
  const under = below !== (inverse !== null);
  if (row.base !== '') (under ? parts.under : parts.over).push(row.base);
  if (row.per !== undefined) (under ? parts.over : parts.under).push(row.per);
  parts.factor = under ? parts.factor / (row.factor * (count || 1)) : parts.factor * row.factor;
  parts.offset = row.offset ?? 0;
  return end;
}

function unitOf({ over, under, factor, offset }: Parts): Unit {
  const lone = over.length === 1 && under.length === 0;
  const above = over.toSorted().join(' ');
  return { factor, offset: lone ? offset : 0, dimension: under.length === 0 ? above : `${above}/${under.toSorted().join(' ')}` };
}
