import { FaultError } from '@slowthink/faults';
import { closest } from 'fastest-levenshtein';
import { defaultValue } from './define-settings.ts';
import { environmentName } from './environment-name.ts';
import { flattenFile, type SettingsFile } from './flatten-file.ts';
import { readValue } from './read-value.ts';
import type { SettingsOf, SettingsSchema } from './setting.ts';

/** Where a value came from: the flag, the path of the file or the variable by name; a default has its key. */
export interface Origin {
  readonly from: 'flag' | 'file' | 'environment' | 'default';
  readonly name: string;
}

/** Complete, frozen settings: every key of the schema has a value and an origin. */
export interface Resolved<Schema extends SettingsSchema = SettingsSchema> {
  readonly schema: Schema;
  readonly values: SettingsOf<Schema>;
  readonly origins: { readonly [Key in keyof Schema]: Origin };
}

/** What a command line gave: by name with or without its two dashes, as `parseArgs` of node:util returns it; undefined is not given. */
export interface Flags { readonly [flag: string]: string | boolean | readonly (string | boolean)[] | undefined }

export interface SettingsSources<Schema extends SettingsSchema> {
  readonly schema: Schema;
  readonly flags?: Flags;
  readonly file?: SettingsFile | undefined;
  /** An empty variable is not set. */
  readonly env?: { readonly [name: string]: string | undefined };
  /** Content of the file a NAME_FILE variable of a secret names; one line end after it is cut off. Without it NAME_FILE is unknown. */
  readonly readFile?: (path: string) => string;
  /** Flags ('--json') and SLOWTHINK_ variables that are no settings: left alone here, and offered as nearest names. */
  readonly alsoKnown?: readonly string[];
}

interface Given { readonly value: unknown; readonly origin: Origin }

/**
 * One value a key: flag > file > environment > default, each with its origin. A value that a stronger source replaces is not read; a name nobody knows is an error wherever it stands.
 * Faults: SETTING_UNKNOWN (names the nearest), SETTING_INVALID (key, origin, what was given, what is allowed; never the text of a secret).
 */
export function resolveSettings<const Schema extends SettingsSchema>(sources: SettingsSources<Schema>): Resolved<Schema> {
  const { schema } = sources;
  const given = [givenByFlags(sources), givenByFile(sources), givenByEnvironment(sources)]; // strongest first
  const values: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  for (const [key, setting] of Object.entries(schema)) {
    const strongest = given.find((source) => source.has(key))?.get(key);
    origins[key] = Object.freeze(strongest?.origin ?? { from: 'default', name: key });
    if (strongest === undefined) { values[key] = defaultValue(key, setting); continue; }
    const read = readValue(key, setting, strongest.value);
    if (!read.ok) throw new FaultError('SETTING_INVALID', `${key} is ${setting.secret ? '(hidden)' : shown(strongest.value)} (${originText(strongest.origin)}); allowed: ${read.allowed}.`);
    values[key] = read.value;
  }
  return Object.freeze({ schema, values: Object.freeze(values) as SettingsOf<Schema>, origins: Object.freeze(origins) as Resolved<Schema>['origins'] });
}

/** 'flag --in-flight', 'file slowthink.json', 'environment SLOWTHINK_MODELS_IN_FLIGHT', 'default'. */
export const originText = (origin: Origin): string => (origin.from === 'default' ? 'default' : `${origin.from} ${origin.name}`);

function givenByFlags({ schema, flags = {}, alsoKnown = [] }: SettingsSources<SettingsSchema>): Map<string, Given> {
  const keyOf = new Map(Object.entries(schema).flatMap(([key, setting]) => (setting.flag === undefined ? [] : [[setting.flag, key] as const])));
  const given = new Map<string, Given>();
  for (const [written, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    const name = written.startsWith('--') ? written : `--${written}`;
    const key = keyOf.get(name);
    if (key === undefined && alsoKnown.includes(name)) continue;
    if (key === undefined) throw unknown(`${name} is not a flag`, name, [...keyOf.keys(), ...alsoKnown.filter((other) => other.startsWith('--'))]);
    const setting = schema[key]!;
    const split = setting.type === 'list' && setting.separator !== null && Array.isArray(value) ? value.join(setting.separator ?? ',') : value;
    given.set(key, { value: split, origin: { from: 'flag', name } });
  }
  return given;
}

function givenByFile({ schema, file }: SettingsSources<SettingsSchema>): Map<string, Given> {
  const given = new Map<string, Given>();
  if (file === undefined) return given;
  for (const [key, value] of flattenFile(schema, file)) {
    if (!Object.hasOwn(schema, key)) throw unknown(`${key} in ${file.path} is not a setting`, key, Object.keys(schema));
    given.set(key, { value, origin: { from: 'file', name: file.path } });
  }
  return given;
}

function givenByEnvironment({ schema, env = {}, readFile, alsoKnown = [] }: SettingsSources<SettingsSchema>): Map<string, Given> {
  const keyOf = new Map(Object.keys(schema).map((key) => [environmentName(key), key]));
  const fileKeyOf = new Map(readFile === undefined ? [] : Object.entries(schema).filter(([, setting]) => setting.secret).map(([key]) => [`${environmentName(key)}_FILE`, key]));
  const given = new Map<string, Given>();
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('SLOWTHINK_') || value === undefined || value === '' || alsoKnown.includes(name)) continue;
    const fileKey = fileKeyOf.get(name);
    const key = keyOf.get(name) ?? fileKey;
    if (key === undefined) throw unknown(`${name} in the environment is not a setting`, name, [...keyOf.keys(), ...fileKeyOf.keys(), ...alsoKnown.filter((other) => !other.startsWith('--'))]);
    const other = given.get(key);
    if (other !== undefined) throw new FaultError('SETTING_INVALID', `${key} is given twice: by ${other.origin.name} and by ${name}.`, { hint: 'Set one of the two variables.' });
    given.set(key, { value: fileKey === undefined ? value : contentOf(key, name, value, readFile!), origin: { from: 'environment', name } });
  }
  return given;
}

function contentOf(key: string, name: string, path: string, readFile: (path: string) => string): string {
  try { return readFile(path).replace(/\r?\n$/, ''); } catch (cause) {
    throw new FaultError('SETTING_INVALID', `${key} is in the file ${path} (environment ${name}), which cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause, hint: `Correct the path in ${name}, or make the file readable.` });
  }
}

const unknown = (what: string, name: string, known: readonly string[]): FaultError =>
  new FaultError('SETTING_UNKNOWN', known.length === 0 ? `${what}.` : `${what}; the nearest is ${closest(name, known)}.`);

/** JSON of what was given, 120 characters at most. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
