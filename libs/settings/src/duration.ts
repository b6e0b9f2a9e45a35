import { scaledNumber } from './scaled-number.ts';

const units = [['d', 86_400_000], ['h', 3_600_000], ['m', 60_000], ['s', 1000], ['ms', 1]] as const; // largest first

/** '30s', '500ms', '1.5h', '1h30m' -> milliseconds (whole, 0 ..); each unit at most once, larger ones first. Undefined for any other text, a bare number too, except '0'. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  let total = 0;
  let unitBefore = -1;
  for (const [, count, name] of parts) {
    const unit = units.findIndex(([unitName]) => unitName === name);
    const ms = scaledNumber(count!, units[unit]![1]);
    if (unit <= unitBefore || ms === undefined) return undefined;
    unitBefore = unit;
    total += ms;
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

/** Milliseconds (whole, 0 ..) as the text `parseDuration` reads back to the same number: 5400000 -> '1h30m'. */
export function durationText(ms: number): string {
  let left = ms;
  let text = '';
  for (const [name, unitMs] of units) {
    const count = Math.floor(left / unitMs);
    if (count > 0) text += `${count}${name}`;
    left -= count * unitMs;
  }
  return text === '' ? '0s' : text;
}
