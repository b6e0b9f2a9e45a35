import { expect, it } from 'vitest';
import { readExposition } from './conformance.ts';

const gauge = (line: string): string => `# HELP a b\n# TYPE a gauge\n${line}\n`;

it('reads samples with labels in any order, escapes and numbers of every form', () => {
  const read = readExposition(gauge('a{y="2",x="1 \\"\\\\\\n"} -1.5e3\na +Inf\na{x="3"} NaN 1700000000'));
  expect(read.value('a', { x: '1 \\"\\\\\\n', y: '2' })).toBe(-1500);
  expect([read.value('a'), read.value('a', { x: '3' })]).toEqual([Infinity, Number.NaN]);
  expect(() => read.value('a', { x: '4' })).toThrow('There is no a{x="4"} among a{x="1');
});

it.each([
  ['a sample without TYPE', 'a 1\n'], ['a sample without HELP', '# TYPE a gauge\na 1\n'], ['a last line without an end', '# HELP a b\n# TYPE a gauge\na 1'], ['TYPE twice', gauge('# TYPE a gauge\na 1')], ['HELP twice', gauge('# HELP a b\na 1')],
  ['a kind that is none', '# HELP a b\n# TYPE a number\na 1\n'], ['a number that is none', gauge('a one')], ['two blanks', gauge('a  1')], ['a label without quotes', gauge('a{x=1} 1')], ['a label that begins with a digit', gauge('a{1x="1"} 1')],
  ['a line end in a label', gauge('a{x="1\n2"} 1')], ['a comma between no labels', gauge('a{x="1",,y="2"} 1')], ['a sample of another metric', gauge('b 1')], ['a series twice, its labels in another order', gauge('a{x="1",y="2"} 1\na{y="2",x="1"} 1')],
  ['a counter without _total', '# HELP a b\n# TYPE a counter\na 1\n'], ['a negative counter', '# HELP a_total b\n# TYPE a_total counter\na_total -1\n'],
  ['a histogram that falls', '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 3\na_count 1\n'], ['a histogram without +Inf', '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 2\na_sum 3\na_count 2\n'],
  ['a histogram whose count is another', '# HELP a b\n# TYPE a histogram\na_bucket{x="1",le="1"} 1\na_bucket{x="1",le="+Inf"} 2\na_sum{x="1"} 3\na_count{x="1"} 3\n'],
])('refuses %s', (_name, body) => { expect(() => readExposition(body)).toThrow(); });

it('takes a histogram whose buckets rise to its count', () => {
  expect(readExposition('# HELP a b\n# TYPE a histogram\na_bucket{le="1",x="1"} 1\na_bucket{le="+Inf",x="1"} 2\na_sum{x="1"} 3\na_count{x="1"} 2\n').value('a_count', { x: '1' })).toBe(2);
});
