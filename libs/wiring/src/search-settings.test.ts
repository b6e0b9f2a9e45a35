import { hashId } from '@slowthink/records';
import { expect, test } from 'vitest';
import { readSettings, searchOf } from './index.ts';

const search = (env: { readonly [name: string]: string }) => searchOf(readSettings({ flags: { policy: 'openai:http://127.0.0.1:1#m' }, env, remember: false }).values);

test('search.stepping takes the place of the recipe\'s, and is another run', () => {
  expect(search({}).stepping).toBe('marked');
  expect(search({ SLOWTHINK_SEARCH_STEPPING: 'paragraph' })).toEqual({ ...search({}), stepping: 'paragraph' });
  expect(hashId('search', search({ SLOWTHINK_SEARCH_STEPPING: 'paragraph' }))).not.toBe(hashId('search', search({})));
  expect(() => search({ SLOWTHINK_SEARCH_STEPPING: 'lines' })).toThrow(/search\.stepping|SLOWTHINK_SEARCH_STEPPING/);
});
