import { hashId } from '@slowthink/records';
import { expect, test } from 'vitest';
import { readSettings, runSettings, searchOf } from './index.ts';
import type { RunSettings } from './run-settings.ts';

const search = (env: { readonly [name: string]: string }) => searchOf(readSettings({ flags: { policy: 'openai:http://127.0.0.1:1#m' }, env, remember: false }).values);

test('search.stepping takes the place of the recipe\'s, and is another run', () => {
  expect(search({}).stepping).toBe('marked');
  expect(search({ SLOWTHINK_SEARCH_STEPPING: 'paragraph' })).toEqual({ ...search({}), stepping: 'paragraph' });
  expect(hashId('search', search({ SLOWTHINK_SEARCH_STEPPING: 'paragraph' }))).not.toBe(hashId('search', search({})));
  expect(() => search({ SLOWTHINK_SEARCH_STEPPING: 'lines' })).toThrow(/search\.stepping|SLOWTHINK_SEARCH_STEPPING/);
});

test('every setting of the search changes it, and the field of that name where there is one', () => {
  const { values } = readSettings({ flags: { policy: 'openai:http://127.0.0.1:1#m' }, env: {}, remember: false });
  for (const [key, setting] of Object.entries(runSettings).filter(([name]) => name.startsWith('search.'))) {
    const before = searchOf(values);
    const field = key.slice('search.'.length) as keyof typeof before;
    const others = setting.type === 'enum' ? setting.values : setting.type === 'boolean' ? [true] : setting.type === 'number' ? [0.7] : [1, 3]; // a value that the recipe does not have is among them
    const after = others.map((value) => searchOf({ ...values, [key]: value } as RunSettings)).filter((search) => hashId('search', search) !== hashId('search', before));
    expect(after.length, key).toBeGreaterThan(0);
    if (Object.hasOwn(before, field)) for (const search of after) expect({ ...search, [field]: before[field] }, key).toEqual(before);
  }
});
