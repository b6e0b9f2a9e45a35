import { FaultError } from '@slowthink/faults';
import type { SettingsSchema } from './setting.ts';

/** A settings file, read and parsed by the caller: `values` is what its JSON said, nested ({ models: { inFlight: 8 } }) or dotted ({ 'models.inFlight': 8 }). */
export interface SettingsFile {
  readonly path: string;
  readonly values: unknown;
}

/**
 * Dotted keys with their values, in the order they stand; a key the schema lacks comes out too, and `$schema` at the top does not.
 * SETTING_INVALID: the file is no object, a key stands twice, a group of settings has a plain value.
 */
export function flattenFile(schema: SettingsSchema, file: SettingsFile): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const walk = (value: unknown, prefix: string): void => {
    if (isGroup(value) && (prefix === '' || !Object.hasOwn(schema, prefix)) && (prefix === '' || isPrefix(schema, prefix) || Object.keys(value).length > 0)) {
      for (const [name, inner] of Object.entries(value)) if (prefix !== '' || name !== '$schema') walk(inner, prefix === '' ? name : `${prefix}.${name}`);
      return;
    }
    if (isPrefix(schema, prefix)) throw new FaultError('SETTING_INVALID', `${prefix} in ${file.path} is a plain value; it is a group of settings: ${membersOf(schema, prefix).join(', ')}.`);
    if (found.has(prefix)) throw new FaultError('SETTING_INVALID', `${prefix} stands twice in ${file.path}.`, { hint: 'Keep one of the two.' });
    found.set(prefix, value);
  };
  if (!isGroup(file.values)) throw new FaultError('SETTING_INVALID', `${file.path} holds ${Array.isArray(file.values) ? 'a list' : JSON.stringify(file.values)}; allowed: one JSON object with settings by name.`);
  walk(file.values, '');
  return found;
}

const isGroup = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
const membersOf = (schema: SettingsSchema, group: string): string[] => Object.keys(schema).filter((key) => key.startsWith(`${group}.`));
const isPrefix = (schema: SettingsSchema, group: string): boolean => membersOf(schema, group).length > 0;
