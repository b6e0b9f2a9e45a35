// What a setting is: a type, a default, a range and one sentence. An app's settings are one table of these.

interface SettingBase {
  /** One sentence: what it does. */
  readonly doc: string;
  /** Unit of the value as `explainSettings` prints it; durations and bytes print their own. */
  readonly unit?: string;
  /** Long flag, two dashes first: '--in-flight'. */
  readonly flag?: string;
  /** One letter after one dash: '-k'. */
  readonly short?: string;
  /** Changes what the run produces: enters the run's hash. */
  readonly semantic?: boolean;
  /** Never printed, never a flag (flags show in process lists); also read from the file that NAME_FILE names. */
  readonly secret?: boolean;
  /** `none` (null in a file) may be given though the default is another value. A default of null allows it too. */
  readonly optional?: boolean;
}

interface Range<Bound> { readonly min?: Bound; readonly max?: Bound } // both inclusive

export interface StringSetting extends SettingBase { readonly type: 'string'; readonly default: string | null }
export interface BooleanSetting extends SettingBase { readonly type: 'boolean'; readonly default: boolean | null }
export interface IntegerSetting extends SettingBase, Range<number> { readonly type: 'integer'; readonly default: number | null }
export interface NumberSetting extends SettingBase, Range<number> { readonly type: 'number'; readonly default: number | null }
export interface EnumSetting extends SettingBase { readonly type: 'enum'; readonly values: readonly string[]; readonly default: string | null }
/** Read as text with a unit ('30s', '1h30m'); the value is milliseconds. A bare number is taken only where the key ends in `Ms`. */
export interface DurationSetting extends SettingBase, Range<string> { readonly type: 'duration'; readonly default: string | null }
/** Read as text ('8MB', '1GiB') or a bare number; the value is bytes. */
export interface BytesSetting extends SettingBase, Range<string | number> { readonly type: 'bytes'; readonly default: string | number | null }
/** Strings. Text is split at the separator (default ','); separator null: each occurrence of the flag is one item, whole (paths). */
export interface ListSetting extends SettingBase { readonly type: 'list'; readonly values?: readonly string[]; readonly separator?: string | null; readonly default: readonly string[] | null }

export type Setting = StringSetting | BooleanSetting | IntegerSetting | NumberSetting | EnumSetting | DurationSetting | BytesSetting | ListSetting;

export interface SettingsSchema { readonly [key: string]: Setting }

type Plain<S extends Setting> =
  S extends { readonly type: 'enum'; readonly values: readonly (infer Value)[] } ? Value
  : S extends { readonly type: 'list'; readonly values: readonly (infer Value)[] } ? readonly Value[]
  : S extends { readonly type: 'list' } ? readonly string[]
  : S extends { readonly type: 'string' } ? string
  : S extends { readonly type: 'boolean' } ? boolean
  : number;

/** The type of a setting's value; null only where the schema allows `none`. */
export type SettingValue<S extends Setting> = S extends { readonly default: null } | { readonly optional: true } ? Plain<S> | null : Plain<S>;

/** The values of a schema by key, as `resolveSettings` gives them. */
export type SettingsOf<Schema extends SettingsSchema> = { readonly [Key in keyof Schema]: SettingValue<Schema[Key]> };

/** True where `none` is a value. */
export const isOptional = (setting: Setting): boolean => setting.default === null || setting.optional === true;
