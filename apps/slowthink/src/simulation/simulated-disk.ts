import { dirname } from 'node:path';
import type { PartFiles } from '@slowthink/tables';
import type { Life } from './virtual-time.ts';
import { never, type World } from './world.ts';

interface File { bytes: Buffer; synced: Buffer }

/** A disk in memory that tells what a process has seen from what a power cut leaves: bytes and names survive only what was synced before. */
export class SimulatedDisk {
  readonly #world: World;
  #names = new Map<string, File>();
  readonly #syncedNames = new Map<string, File>();

  constructor(world: World) { this.#world = world; }

  /** All files as a process would see them now, by path. */
  get files(): ReadonlyMap<string, Buffer> { return new Map([...this.#names].map(([path, { bytes }]) => [path, bytes])); }

  /** Names and bytes go back to what was synced; or not, as it happens. */
  cutPower(): void {
    const { random } = this.#world;
    const names = new Map<string, File>();
    for (const path of [...new Set([...this.#names.keys(), ...this.#syncedNames.keys()])].sort()) {
      const [now, before] = [this.#names.get(path), this.#syncedNames.get(path)];
      const file = now === before || random.chance(0.5) ? now : before;
      if (file !== undefined) names.set(path, file);
    }
    for (const file of new Set(names.values())) {
      if (random.chance(0.5)) file.bytes = file.synced;
      file.synced = file.bytes;
    }
    this.#names = names;
    this.#syncedNames.clear();
    for (const [path, file] of names) this.#syncedNames.set(path, file);
  }

  /** The disk as one life sees it. */
  seenBy(life: Life): PartFiles {
    const step = async (where: string, work: () => void): Promise<void> => {
      if (!await this.#world.way(life, 'file', where)) return never;
      work();
    };
    const last = (path: string): string => path.slice(dirname(path).length + 1);
    return {
      list: async (folder) => this.#world.call(life, 'file', 'list', () => [...this.#names.keys()].filter((path) => dirname(path) === folder).map(last).sort()),
      write: async (path, chunks) => {
        const whole = Buffer.concat(chunks);
        let file: File;
        await step(`open ${last(path)}`, () => {
          file = this.#names.get(path) ?? { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) };
          file.bytes = Buffer.alloc(0);
          this.#names.set(path, file);
        });
        await step(`write half of ${last(path)}`, () => { file.bytes = whole.subarray(0, whole.length / 2); });
        await step(`write ${last(path)}`, () => { file.bytes = whole; });
        await step(`sync ${last(path)}`, () => { file.synced = file.bytes; });
        await step(`written ${last(path)}`, () => {});
      },
      rename: async (from, to) => {
        await step(`rename ${last(from)}`, () => {
          const file = this.#names.get(from);
          if (file === undefined) throw Object.assign(new Error(`ENOENT: no such file, rename ${from}`), { code: 'ENOENT' });
          this.#names.delete(from);
          this.#names.set(to, file);
        });
        await step(`sync the name of ${last(to)}`, () => { this.#syncFolder(dirname(to)); });
        await step(`renamed ${last(to)}`, () => {});
      },
      remove: async (path) => {
        await step(`remove ${last(path)}`, () => { this.#names.delete(path); });
      },
    };
  }

  #syncFolder(folder: string): void {
    for (const path of this.#syncedNames.keys()) if (dirname(path) === folder && !this.#names.has(path)) this.#syncedNames.delete(path);
    for (const [path, file] of this.#names) if (dirname(path) === folder) this.#syncedNames.set(path, file);
  }
}
