// Does the contract agree with itself: topics, schemas, and what the stages say they read and write?
import type { Topic } from '@slowthink/records';
import type { Stage } from '@slowthink/stream';

export interface NamedSchema {
  readonly file: string;
  readonly schema: { readonly title: string; readonly $id: string; readonly description?: string; readonly properties?: { readonly [name: string]: { readonly const?: unknown } } };
}

/** The record type that a schema describes; undefined for a part of records, or a row. */
export const recordTypeOf = ({ schema }: NamedSchema): string | undefined => schema.properties?.['type']?.const as string | undefined;

interface Contract {
  readonly topics: readonly Topic[];
  readonly schemas: readonly NamedSchema[];
  readonly stages: readonly Pick<Stage, 'name' | 'reads' | 'writes'>[];
}

/** One sentence for each thing that does not agree; empty when all does. */
export function contractProblems({ topics, schemas, stages }: Contract): readonly string[] {
  const described = new Set(schemas.map(recordTypeOf).filter((type) => type !== undefined));
  const held = new Set(topics.flatMap(({ types }) => types));
  const does = (who: readonly string[], name: string): boolean => who.some((one) => one === name || one === 'every stage' || one.startsWith(`${name} (`));
  return [
    ...topics.flatMap(({ name, types }) => types.filter((type) => !described.has(type)).map((type) => `The topic ${name} holds ${type} records, which no file of schemas/ describes.`)),
    ...[...described].filter((type) => !held.has(type)).map((type) => `schemas/ describes the record ${type}, which no topic holds.`),
    ...schemas.filter(({ file, schema }) => !/^[a-z-]+\.v\d+\.json$/.test(file) || !schema.$id.endsWith(`/${file}`)).map(({ file, schema }) => `schemas/${file} has the $id ${schema.$id}; the name NAME.vN.json stands at the end of both.`),
    ...stages.flatMap(({ name, reads, writes }) => [
      ...reads.filter(({ readers }) => !does(readers, name)).map((topic) => `${name} reads ${topic.name}, but the table of topics does not say so.`),
      ...writes.filter(({ writers }) => !does(writers, name)).map((topic) => `${name} writes ${topic.name}, but the table of topics does not say so.`),
    ]),
    ...topics.flatMap((topic) => stages.filter(({ name, writes }) => topic.writers.includes(name) && !writes.includes(topic)).map(({ name }) => `The table of topics says that ${name} writes ${topic.name}, but the stage does not.`)),
    ...topics.flatMap((topic) => stages.filter(({ name, reads }) => topic.readers.includes(name) && !reads.includes(topic)).map(({ name }) => `The table of topics says that ${name} reads ${topic.name}, but the stage does not.`)),
  ];
}
