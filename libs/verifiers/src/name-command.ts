// Who a grading program is: by what it consists of, not by where it lies. Moving it is no change; editing it is.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { canonicalJson } from '@slowthink/records';

const scriptBytesMax = 1024 * 1024;

const isFile = (part: string): boolean => statSync(part, { throwIfNoEntry: false })?.isFile() === true;
const isThere = (part: string): boolean => statSync(part, { throwIfNoEntry: false }) !== undefined;

/** The bytes of a part that is a script: a file of at most 1 MiB without a NUL. Interpreters and data are none: they count by their name. */
function scriptOf(part: string): Buffer | undefined {
  if (!isFile(part) || statSync(part).size > scriptBytesMax) return undefined;
  const bytes = readFileSync(part);
  return bytes.includes(0) ? undefined : bytes;
}

const findable = (part: string, place: number): boolean => place > 0 || part.includes('/'); // a bare program name is looked up in PATH, not in this folder

/**
 * "command:python3 grade.py@1f2e3d4c5b6a": the program and its scripts by name, and behind "@" the first 12 digits of a hash of all parts, of scripts by their contents, of other files and folders by their names, of
 * anything else as it was given. What a script imports is not looked at: give a version as an argument where that matters.
 */
export function nameCommand(argv: readonly string[]): string {
  const parts = argv.map((part, place) => {
    const script = findable(part, place) ? scriptOf(part) : undefined;
    if (script !== undefined) return { shown: basename(part), counted: { script: createHash('sha256').update(script).digest('hex') } };
    const name = place === 0 || isThere(part) ? basename(part) : part;
    return { ...(place === 0 ? { shown: name } : {}), counted: name };
  });
  const revision = createHash('sha256').update(canonicalJson(parts.map(({ counted }) => counted))).digest('hex').slice(0, 12);
  return `command:${parts.flatMap(({ shown }) => shown ?? []).join(' ')}@${revision}`;
}

/** The same parts, files of this folder by their whole path: the command as it can be started from any folder. */
export const resolveCommand = (argv: readonly string[]): readonly string[] => argv.map((part, place) => (findable(part, place) && isThere(part) ? resolve(part) : part));
