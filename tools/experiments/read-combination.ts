// The combination of kind and numbers behind a question of dose calculation, read from its text alone: the wordings of the kinds, turned round.
import { kinds } from '../dosage/kinds.ts';
import type { Kind } from '../dosage/kind.ts';

export interface ReadCombination {
  readonly kind: string;
  readonly numbers: readonly number[]; // in the order of the kind's ranges
}

/** "drip-rate: 500 290 5 60": equal for equal combinations, as tools/dosage hashes them. */
export const keyOf = ({ kind, numbers }: ReadCombination): string => `${kind}: ${numbers.join(' ')}`;

interface Pattern {
  readonly kind: Kind;
  readonly pattern: RegExp;
}

const number = String.raw`\d+(?:\.\d+)?`;
const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);

/** One pattern a wording and cue. Letters count in either case, since a sentence may begin with a drug or a cue; any words may stand for the drug, so that a drug nobody listed is no way round. */
const patterns: readonly Pattern[] = kinds.flatMap((kind) => kind.wordings.flatMap((wording) => kind.cues.map((cue) => {
  const seen = new Set<string>();
  const source = escape(wording.replaceAll('{cue}', cue.words)).replaceAll(/\\\{(\w+)\\\}/gu, (_, name: string) => {
    if (name === 'drug') return '.+?';
    if (seen.has(name)) return String.raw`\k<${name}>`;
    seen.add(name);
    return `(?<${name}>${number})`;
  }).replaceAll(' ', String.raw`\s+`);
  return { kind, pattern: new RegExp(`^${source}$`, 'iu') };
})));

/** The combination of a question in one of the wordings that tools/dosage writes, whatever its drug and cue; undefined for other words. Spaces at its ends do not count. */
export function readCombination(question: string): ReadCombination | undefined {
  const text = question.trim();
  for (const { kind, pattern } of patterns) {
    const groups = pattern.exec(text)?.groups;
    if (groups !== undefined) return { kind: kind.name, numbers: Object.keys(kind.ranges).map((name) => Number(groups[name])) };
  }
  return undefined;
}
