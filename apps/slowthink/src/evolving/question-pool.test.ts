import { readSettings } from '@slowthink/wiring';
import { describe, expect, it } from 'vitest';
import { readDev, readPool } from './question-pool.ts';

const { values } = readSettings({ flags: {}, env: {}, remember: false });
const say = (): void => {};

describe('what an evolution learns from and is measured on', () => {
  it('refuses a test set as dev, since its numbers would say nothing any more', async () => {
    await expect(readDev(['dosage-test'], null, values, say)).rejects.toMatchObject({ code: 'SETTING_INVALID', message: expect.stringContaining('dosage-test is a test set, and --dev decides which round is kept'), hint: expect.stringContaining('decoded once, at the end') });
  });

  it('refuses to learn from development and benchmark sets', async () => {
    const dev = await readDev(['dosage-dev'], 10, values, say);
    expect([dev.count, dev.sets]).toEqual([10, ['dosage-dev']]);
    await expect(readPool(['dosage-dev'], values, dev, say)).rejects.toMatchObject({ code: 'SETTING_INVALID', message: expect.stringContaining('dosage-dev is a development set') });
    await expect(readPool(['dosage', 'dosage-test'], values, dev, say)).rejects.toMatchObject({ message: expect.stringContaining('dosage-test is a benchmark set') });
  });

  it('leaves out questions that dev asks too, and says how many', async () => {
    const dev = await readDev(['dosage'], 3, values, say);
    const { questions, onDev } = await readPool(['dosage'], values, dev, say);
    expect([questions.length, onDev]).toEqual([1997, 3]);
  });

  it('needs two items of dev', async () => {
    await expect(readDev(['dosage-dev'], 1, values, say)).rejects.toMatchObject({ message: expect.stringContaining('one item, and an interval needs two') });
  });
});
