import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { crossPoint, killPointChannel, killPoints } from './kill-points.ts';

const root = join(import.meta.dirname, '../../..');

/** Names in calls of crossPoint, over all product code. */
function crossedInCode(): readonly string[] {
  const files = ['libs', 'apps'].flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) => /^[^/]+\/src\/.*\.ts$/.test(file) && !file.endsWith('.test.ts')).map((file) => join(root, folder, file)));
  return files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/crossPoint\('([^']+)'/g)].map(([, name]) => name!));
}

test('every point of the table stands in the code once, and no other', () => {
  expect(crossedInCode().toSorted()).toEqual(Object.keys(killPoints).toSorted());
});

test('a crossing is told with what it is made with, to whoever listens', () => {
  const told: unknown[] = [];
  const listen = (message: unknown): void => { told.push(message); };
  crossPoint('tree.opened');
  subscribe(killPointChannel, listen);
  crossPoint('commit.made', 'rollout');
  crossPoint('tree.closed');
  unsubscribe(killPointChannel, listen);
  crossPoint('tree.opened');
  expect(told).toEqual(['commit.made of rollout', 'tree.closed']);
});
