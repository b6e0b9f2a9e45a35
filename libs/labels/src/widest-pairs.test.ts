import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

test('takes the widest of 1.5 million pairs in the memory of those it keeps', async () => {
  const worker = new Worker(new URL('./testing/label-wide-tree.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 80 } }); // written down, all of them take more than 320
  const made = await new Promise<readonly (readonly [string, string])[]>((resolve, reject) => { worker.once('message', resolve); worker.once('error', reject); });
  expect(made).toHaveLength(100);
  // values 1 - at/1e5 at even and at/1e5 at odd places: the widest are Thought 0. over Thought 1., as level pairs both ways between the two parents, then as siblings of each
  expect(made.slice(0, 4)).toEqual([['0.0.0', '0.1.1'], ['0.1.0', '0.0.1'], ['0.0.0', '0.0.1'], ['0.1.0', '0.1.1']]);
});
