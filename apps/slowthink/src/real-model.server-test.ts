import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer } from '../../../tools/server/start-server.ts';
import { smallRun, summaryOf, Workplace } from './testing/command-line.ts';

let server: Awaited<ReturnType<typeof startServer>>;
const place = new Workplace();
beforeAll(async () => { server = await startServer({}); });
afterAll(async () => { await server.stop(); place.close(); });

it('takes questions through a real language model to closed trees and a ledger that adds up', async () => {
  const ended = await place.run([...smallRun(server.policy, 'run', '--questions', 'first-questions', '--limit', '2', '--in-flight', '8')]);
  expect(ended.code, ended.stderr).toBe(0);
  const { stages, trees, requests, dataset } = summaryOf(ended);
  expect(stages['expand']).toEqual({ in: 2, ok: 2, failed: 0, dropped: 0, open: 0 });
  expect(trees).toBe(2);
  expect(requests).toBeGreaterThan(6);
  expect(dataset === null || existsSync(join(dataset, 'README.md'))).toBe(true);
  const topics = await place.run(['inspect', 'topics', '--dir', 'run']);
  expect(topics.stdout).toMatch(/trees +\d+ +label 0/);
});
