import { FaultError } from '@slowthink/faults';
import type { CommandPlace } from './split-command.ts';

const holes = /(?<!\$)\{([a-z]+)\}/g; // ${x} is a shell's own

/** What puts values into the {holes} of a command's parts, each of which stays one part. SETTING_INVALID: a hole that nobody fills. */
export function fillTemplate<Name extends string>(template: readonly string[], names: readonly Name[], { before, hint }: CommandPlace, text: string): (values: { readonly [Key in Name]: string }) => readonly string[] {
  const unknown = template.flatMap((part) => [...part.matchAll(holes)].map(([, name]) => name!)).find((name) => !(names as readonly string[]).includes(name));
  if (unknown !== undefined) throw new FaultError('SETTING_INVALID', `${before}${text}": {${unknown}} is not known; there are ${names.map((name) => `{${name}}`).join(', ')}.`, { hint });
  return (values) => template.map((part) => part.replace(holes, (_hole, name: Name) => values[name]));
}
