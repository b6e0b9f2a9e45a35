import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** The file that a program's name stands for, as the system looks it up: a path as it is, a bare name in PATH; undefined where there is none that can be run. */
export function findProgram(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  const places = /[/\\]/.test(name) ? [resolve(name)] : path.split(delimiter).filter((folder) => folder !== '').map((folder) => join(folder, name));
  return places.find((place) => {
    try { accessSync(place, constants.X_OK); return statSync(place).isFile(); } catch { return false; }
  });
}
