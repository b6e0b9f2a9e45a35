import type { Resolved } from './resolve-settings.ts';
import type { SettingsSchema } from './setting.ts';

/** The values marked semantic, by key, frozen: what changes the data a run produces and so enters its hash. Durations are ms, bytes are bytes, however they were written. */
export function semanticValues<Schema extends SettingsSchema>(resolved: Resolved<Schema>): { readonly [key: string]: unknown } {
  const values: { readonly [key: string]: unknown } = resolved.values;
  return Object.freeze(Object.fromEntries(Object.entries(resolved.schema).filter(([, setting]) => setting.semantic).map(([key]) => [key, values[key]])));
}
