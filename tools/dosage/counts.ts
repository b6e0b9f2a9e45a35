import { combinationsOf, parts } from './combinations.ts';
import { kinds } from './kinds.ts';

/** A Markdown table: how many number combinations each kind has, in all and in each part. */
export function countsTable(): string {
  const rows = kinds.map((kind) => {
    const combinations = combinationsOf(kind);
    return [kind.name, combinations.length, ...parts.map((part) => combinations.filter((each) => each.part === part).length)];
  });
  return [['kind', 'combinations', ...parts], ['---', ...Array<string>(parts.length + 1).fill('---:')], ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
