import type { Topic } from '@slowthink/records';
import { expect, test } from 'vitest';
import { contractProblems, type NamedSchema } from './contract.ts';

const topic = (name: string, some: Partial<Topic> = {}): Topic => ({ name, types: [name], key: 'id', retention: 'forever', partitions: 'questions', what: '', writers: [], readers: [], ...some });
const schema = (type: string, file = `${type}.v1.json`): NamedSchema => ({ file, schema: { title: type, $id: `https://x/${file}`, properties: { type: { const: type } } } });

test('has nothing to say when topics, schemas and stages agree', () => {
  const [asked, answers] = [topic('asked', { readers: ['answer'] }), topic('answers', { writers: ['answer'] })];
  expect(contractProblems({ topics: [asked, answers], schemas: [schema('asked'), schema('answers')], stages: [{ name: 'answer', reads: [asked], writes: [answers] }] })).toEqual([]);
});

test('names a record type without a schema and a schema without a topic', () => {
  expect(contractProblems({ topics: [topic('asked')], schemas: [schema('other')], stages: [] })).toEqual([
    'The topic asked holds asked records, which no file of schemas/ describes.', 'schemas/ describes the record other, which no topic holds.',
  ]);
});

test('names a schema file whose name carries no version', () => {
  expect(contractProblems({ topics: [topic('asked')], schemas: [schema('asked', 'asked.json')], stages: [] })).toEqual([expect.stringContaining('schemas/asked.json')]);
});

test('names a stage that the table of topics knows otherwise, both ways', () => {
  const [asked, answers] = [topic('asked', { writers: ['answer'] }), topic('answers', { readers: ['answer'] })];
  expect(contractProblems({ topics: [asked, answers], schemas: [schema('asked'), schema('answers')], stages: [{ name: 'answer', reads: [asked], writes: [answers] }] })).toEqual([
    'answer reads asked, but the table of topics does not say so.', 'answer writes answers, but the table of topics does not say so.',
    'The table of topics says that answer writes asked, but the stage does not.', 'The table of topics says that answer reads answers, but the stage does not.',
  ]);
});
