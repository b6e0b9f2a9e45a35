import { expect, it } from 'vitest';
import { orCancelled } from './or-cancelled.ts';

it('ends for the one who cancels, before or while waiting, and for nobody else', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const stop = new AbortController();
  const [left, stays, free] = [orCancelled(promise, stop.signal), orCancelled(promise, new AbortController().signal), orCancelled(promise)];
  stop.abort(new Error('enough'));
  await expect(left).rejects.toThrow('enough');
  const unasked = Promise.resolve(1);
  await expect(orCancelled(unasked, stop.signal)).rejects.toThrow('enough');
  resolve(7);
  expect(await Promise.all([stays, free])).toEqual([7, 7]);
});
