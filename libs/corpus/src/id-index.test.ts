import { expect, test } from 'vitest';
import { openIdIndex, textHashOf } from './id-index.ts';

test('tells new ids, ids that came before and texts that came before', () => {
  const index = openIdIndex();
  expect(index.add('a', 'h1', 'f:1')).toEqual({ seen: 'new' });
  expect(index.add('a', 'h1', 'f:2')).toEqual({ seen: 'same id', place: 'f:1', sameText: true });
  expect(index.add('a', 'h2', 'f:3')).toEqual({ seen: 'same id', place: 'f:1', sameText: false });
  expect(index.add('b', 'h1', 'f:4')).toEqual({ seen: 'same text', id: 'a', place: 'f:1' });
  expect(index.add('c', 'h2', 'f:5')).toEqual({ seen: 'new' });
  index.close();
});

test('keeps two indexes apart', () => {
  const [one, other] = [openIdIndex(), openIdIndex()];
  one.add('a', 'h', 'f:1');
  expect(other.add('a', 'h', 'f:1')).toEqual({ seen: 'new' });
  one.close();
  other.close();
});

test('finds every one of 20,000 ids again', () => {
  const index = openIdIndex();
  for (let at = 0; at < 20_000; at += 1) index.add(`set/train/${at}`, `h${at}`, `f:${at}`);
  for (const at of [0, 1, 9_999, 19_999]) expect(index.add(`set/train/${at}`, 'other', 'g:1')).toEqual({ seen: 'same id', place: `f:${at}`, sameText: false });
  index.close();
});

test('hashes texts that differ in case, spaces and Unicode form alike, and others not', () => {
  expect(textHashOf('What  is\nit? 5 µg')).toBe(textHashOf(' what is it? 5 μg'));
  expect(textHashOf('What is it?')).not.toBe(textHashOf('What was it?'));
});
