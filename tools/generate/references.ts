import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const reference = /`((?:apps|libs|schemas|datasets|tools|docs)\/[\w./-]+)`(?:: "([^"]+)")?/g;

/** What a Markdown text says about files and is not so: each path in backticks must exist, and `path`: "title" must name a test whose title stands in that file. One sentence each, empty when all hold. */
export function brokenReferences(root: string, file: string, text: string): readonly string[] {
  return [...text.matchAll(reference)].flatMap(([, path, title]) => {
    if (!existsSync(join(root, path!))) return [`${file} names ${path}, which does not exist.`];
    return title === undefined || readFileSync(join(root, path!), 'utf8').includes(title) ? [] : [`${file} names the test "${title}", which is not in ${path}.`];
  });
}
