import { bytesText, parseBytes } from './bytes.ts';
import { durationText, parseDuration } from './duration.ts';
import { isOptional, type BytesSetting, type DurationSetting, type Setting } from './setting.ts';

/** A value of the setting's type, or the end of the sentence "allowed: …". */
export type Read = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly allowed: string };

/**
 * Turns what was given (text of a flag or variable, a JSON value of a file, a default) into the setting's value, lists frozen; otherwise says what is allowed.
 * Text and JSON read alike: "64" and 64, "true" and true, "a,b" and ["a", "b"].
 */
export function readValue(key: string, setting: Setting, given: unknown): Read {
  if (isOptional(setting) && (given === null || given === 'none')) return { ok: true, value: null };
  const value = parse(key, setting, typeof given === 'string' && setting.type !== 'string' ? given.trim() : given);
  return value === undefined ? { ok: false, allowed: allowedText(key, setting) } : { ok: true, value };
}

function parse(key: string, setting: Setting, given: unknown): unknown {
  switch (setting.type) {
    case 'string': return typeof given === 'string' ? given : undefined;
    case 'boolean': return given === true || given === 'true' ? true : given === false || given === 'false' ? false : undefined;
    case 'integer': { const value = numberOf(given); return Number.isSafeInteger(value) && inside(value, setting.min, setting.max) ? value : undefined; }
    case 'number': { const value = numberOf(given); return inside(value, setting.min, setting.max) ? value : undefined; }
    case 'enum': return setting.values.find((value) => value === given);
    case 'duration': { const value = millisecondsOf(key, given); return inside(value, bound(key, setting, 'min'), bound(key, setting, 'max')) ? value : undefined; }
    case 'bytes': { const value = bytesOf(given); return inside(value, bound(key, setting, 'min'), bound(key, setting, 'max')) ? value : undefined; }
    case 'list': {
      const separator = setting.separator === undefined ? ',' : setting.separator;
      const items: unknown = typeof given !== 'string' ? given : separator === null ? [given] : given.split(separator).map((item) => item.trim()).filter((item) => item !== '');
      if (!Array.isArray(items) || !items.every((item) => typeof item === 'string' && (setting.values?.includes(item) ?? true))) return undefined;
      return Object.freeze([...items]);
    }
  }
}

/** The end of the sentence "allowed: …". */
export function allowedText(key: string, setting: Setting): string {
  const orNone = isOptional(setting) ? ', or none' : '';
  switch (setting.type) {
    case 'string': return `text${orNone}`;
    case 'boolean': return `true or false${orNone}`;
    case 'integer': return `a whole number${rangeText(setting.min, setting.max, String)}${orNone}`;
    case 'number': return `a number${rangeText(setting.min, setting.max, String)}${orNone}`;
    case 'enum': return `one of ${setting.values.join(', ')}${orNone}`;
    case 'duration': return `a duration such as ${key.endsWith('Ms') ? '500 (milliseconds)' : '500ms'}, 30s or 1h30m${boundsText(key, setting, durationText)}${orNone}`;
    case 'bytes': return `a size such as 512kB, 8MB or 1GiB${boundsText(key, setting, bytesText)}${orNone}`;
    case 'list': return `${setting.values ? `a list of ${setting.values.join(', ')}` : 'a list of texts'}${orNone}`;
  }
}

function numberOf(given: unknown): number | undefined {
  const value = typeof given === 'string' && /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(given) ? Number(given) : given;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function millisecondsOf(key: string, given: unknown): number | undefined {
  const bare = typeof given === 'number' ? given : typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : undefined;
  if (bare !== undefined) return (key.endsWith('Ms') || bare === 0) && Number.isSafeInteger(bare) && bare >= 0 ? bare : undefined;
  return typeof given === 'string' ? parseDuration(given) : undefined;
}

function bytesOf(given: unknown): number | undefined {
  if (typeof given === 'number') return Number.isSafeInteger(given) && given >= 0 ? given : undefined;
  return typeof given === 'string' ? parseBytes(given) : undefined;
}

function bound(key: string, setting: DurationSetting | BytesSetting, side: 'min' | 'max'): number | undefined {
  const given = setting[side];
  if (given === undefined || typeof given === 'number') return given;
  const value = setting.type === 'duration' ? parseDuration(given) : parseBytes(given);
  if (value === undefined) throw new TypeError(`settings: ${side} of ${key} is "${given}", which is no ${setting.type}`);
  return value;
}

const boundsText = (key: string, setting: DurationSetting | BytesSetting, textOf: (value: number) => string): string => rangeText(bound(key, setting, 'min'), bound(key, setting, 'max'), textOf, ', ');

const inside = (value: number | undefined, min = -Infinity, max = Infinity): value is number => value !== undefined && value >= min && value <= max;

function rangeText(min: number | undefined, max: number | undefined, textOf: (value: number) => string, before = ' '): string {
  if (min !== undefined && max !== undefined) return `${before}from ${textOf(min)} to ${textOf(max)}`;
  if (min !== undefined) return `${before}of at least ${textOf(min)}`;
  return max !== undefined ? `${before}of at most ${textOf(max)}` : '';
}
