import { access, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FaultError, crossPoint } from '@slowthink/faults';
import { isRunning } from '@slowthink/programs';
import { cardMark } from './card.ts';
import { syncToDisk } from './durable-file.ts';
import { onStorage } from './storage-fault.ts';

/**
 * Builds a folder beside `out` and puts it in its place once it is whole. Killed at any moment, `out` is the earlier data set or the new one, or (between two renames) lies complete beside
 * its place, from where the next call brings it back. Faults: DATASET_FOREIGN if `out` holds something that seal did not make, DIR_IN_USE if another process is sealing there, DISK_FULL, DISK_READ_ONLY.
 */
export async function replaceFolder<T>(out: string, build: (folder: string) => Promise<T>): Promise<T> {
  const target = resolve(out);
  const beside = (purpose: string): string => join(dirname(target), `.${basename(target)}.${purpose}`);
  const fresh = `${beside('sealing')}-${process.pid}`;
  return onStorage(target, async () => {
    await mkdir(dirname(target), { recursive: true });
    await restore(target, beside('replaced'));
    await refuseForeign(target);
    await removeLeftovers(dirname(target), `${basename(beside('sealing'))}-`);
    try {
      await mkdir(fresh);
      crossPoint('seal.building');
      const result = await build(fresh);
      await syncToDisk(fresh);
      crossPoint('seal.built');
      if (await exists(target)) {
        await rename(target, beside('replaced'));
        crossPoint('seal.aside');
      }
      await rename(fresh, target);
      crossPoint('seal.in-place');
      await syncToDisk(dirname(target));
      await rm(beside('replaced'), { recursive: true, force: true });
      crossPoint('seal.replaced');
      return result;
    } catch (error) {
      await rm(fresh, { recursive: true, force: true });
      await restore(target, beside('replaced'));
      throw error;
    }
  });
}

// Killed between the two renames: the earlier data set is whole under its other name.
async function restore(target: string, replaced: string): Promise<void> {
  if (!(await exists(replaced))) return;
  if (await exists(target)) await rm(replaced, { recursive: true });
  else await rename(replaced, target);
}

async function refuseForeign(target: string): Promise<void> {
  if (!(await exists(target))) return;
  const entries = await readdir(target).catch(() => ['']);
  if (entries.length === 0) return;
  const card = await readFile(join(target, 'README.md'), 'utf8').catch(() => '');
  if (!card.includes(cardMark)) throw new FaultError('DATASET_FOREIGN', `${target} exists and is not a data set that seal made.`);
}

async function removeLeftovers(parent: string, prefix: string): Promise<void> {
  for (const name of (await readdir(parent)).filter((entry) => entry.startsWith(prefix))) {
    const pid = Number(name.slice(prefix.length));
    if (pid !== process.pid && isRunning(pid)) throw new FaultError('DIR_IN_USE', `Process ${pid} is sealing into the same folder: ${join(parent, name)}.`);
    await rm(join(parent, name), { recursive: true });
  }
}

const exists = (path: string): Promise<boolean> => access(path).then(() => true, () => false);
