import type { SettingsSchema } from './setting.ts';

/** The flags of a schema as `options` of `parseArgs` (node:util): lists repeat, booleans need no value (with `allowNegative` also --no-NAME). */
export function flagOptions(schema: SettingsSchema): { readonly [name: string]: { readonly type: 'string' | 'boolean'; readonly multiple: boolean; readonly short?: string } } {
  return Object.fromEntries(Object.values(schema).flatMap((setting) => (
    setting.flag === undefined ? [] : [[setting.flag.slice(2), { type: setting.type === 'boolean' ? 'boolean' : 'string', multiple: setting.type === 'list', ...(setting.short === undefined ? {} : { short: setting.short.slice(1) }) }]])));
}
