import { environmentName } from './environment-name.ts';
import { readValue } from './read-value.ts';
import type { Setting, SettingsSchema } from './setting.ts';

/** Checks a schema once, at start-up, and freezes it: key shape, own names, a default inside its range. Throws TypeError: a wrong schema is a defect of the program, not of its use. */
export function defineSettings<const Schema extends SettingsSchema>(schema: Schema): Schema {
  const owners = new Map<string, string>();
  const own = (name: string, key: string): void => {
    if (owners.has(name)) throw new TypeError(`settings: ${key} and ${owners.get(name)} share the name ${name}`);
    owners.set(name, key);
  };
  for (const [key, setting] of Object.entries(schema)) {
    if (!/^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*$/.test(key)) throw new TypeError(`settings: "${key}" is not a key such as models.inFlight`);
    const group = Object.keys(schema).find((other) => other.startsWith(`${key}.`));
    if (group !== undefined) throw new TypeError(`settings: ${key} is a setting and the group of ${group}`);
    own(environmentName(key), key);
    if (setting.secret) own(`${environmentName(key)}_FILE`, key);
    if (setting.secret && setting.flag !== undefined) throw new TypeError(`settings: ${key} is secret and cannot have the flag ${setting.flag}`);
    if (setting.flag !== undefined && !/^--[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(setting.flag)) throw new TypeError(`settings: ${key} has the flag "${setting.flag}"; write it as --in-flight`);
    if (setting.flag !== undefined) own(setting.flag, key);
    defaultValue(key, setting);
  }
  return Object.freeze(schema);
}

/** The default as a value: text of durations and bytes parsed. Throws TypeError when it is outside its own range. */
export function defaultValue(key: string, setting: Setting): unknown {
  const read = readValue(key, setting, setting.default);
  if (!read.ok) throw new TypeError(`settings: the default of ${key} is ${JSON.stringify(setting.default)}; allowed: ${read.allowed}`);
  return read.value;
}
