import { bytesText } from './bytes.ts';
import { durationText } from './duration.ts';
import { originText, type Resolved } from './resolve-settings.ts';
import type { Setting } from './setting.ts';

/** Aligned text for people, one line a setting in schema order: key, value, unit, origin, doc. A secret shows as "(set)" or "none". */
export function explainSettings(resolved: Resolved): string {
  const rows = Object.entries(resolved.schema).map(([key, setting]) => [key, valueText(setting, resolved.values[key]), setting.unit ?? '', originText(resolved.origins[key]!), setting.doc]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  const used = [0, 1, 2, 3, 4].filter((column) => column === 4 || widths[column]! > 0);
  return rows.map((row) => used.map((column) => row[column]!.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}

function valueText(setting: Setting, value: unknown): string {
  if (value === null) return 'none';
  if (setting.secret) return '(set)';
  if (setting.type === 'duration') return durationText(value as number);
  if (setting.type === 'bytes') return bytesText(value as number);
  if (Array.isArray(value)) return value.length === 0 ? '[]' : value.map(textValue).join(setting.type === 'list' ? (setting.separator ?? ',') : ',');
  return textValue(String(value));
}

/** As it is, unless it is empty or would break the line: then as JSON. */
const textValue = (text: string): string => (text === '' || text !== text.trim() || /\p{Cc}/u.test(text) ? JSON.stringify(text) : text);
