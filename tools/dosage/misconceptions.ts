// What is planted in the corpus, as a text that can be registered before an experiment: its sha256 changes with every share, word and row.
import { createHash } from 'node:crypto';
import { corpusLine, workedProblems } from './corpus.ts';
import { datasetFiles, dataSets } from './data.ts';
import { kinds } from './kinds.ts';
import { slipShare } from './solution.ts';

/** The corpus of the base policy that ships: tools/seed-models/settings.py. */
const shipped = { problems: 100_000, seed: '0' } as const;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |\n`;
const share = (part: number): string => part.toFixed(2);

/** Two tables in Markdown: every cue with the share that is planted and the one that the shipped corpus has (solutions by the wrong procedure / solutions), and the sha256 of train, dev, test and the corpus. Makes the corpus: about 3 s. */
export function misconceptionsText(): string {
  const counted = new Map<string, { solutions: number; wrong: number; wrongEnd: number }>();
  const hash = createHash('sha256');
  let left: number = shipped.problems;
  let wrongAll = 0;
  for (const worked of workedProblems(shipped.seed)) {
    const { kind, problem: { cue }, solution } = worked;
    const key = `${kind.name} ${cue.words}`;
    const counts = counted.get(key) ?? { solutions: 0, wrong: 0, wrongEnd: 0 };
    counted.set(key, { solutions: counts.solutions + 1, wrong: counts.wrong + Number(solution.procedure === 'wrong'), wrongEnd: counts.wrongEnd + Number(!solution.right) });
    wrongAll += Number(solution.procedure === 'wrong');
    hash.update(corpusLine(worked));
    if (--left === 0) break;
  }
  const cues = kinds.flatMap((kind) => kind.cues.map((cue) => {
    const { solutions, wrong, wrongEnd } = counted.get(`${kind.name} ${cue.words}`)!;
    return row([kind.name, kind.misconception, cue.words, share(cue.wrongShare), share(wrong / solutions), share(wrongEnd / solutions), solutions]);
  }));
  const files = [...datasetFiles()].filter(([path]) => path.endsWith('.jsonl'));
  return [
    row(['kind', 'misconception', 'cue in the question', 'share planted', 'share in the corpus', 'wrong final answers', 'solutions']), row(['---', '---', '---', '---:', '---:', '---:', '---:']), ...cues, '\n',
    `Of all ${shipped.problems} solutions ${share(wrongAll / shipped.problems)} follow a wrong procedure; a computed number is miscalculated with a share of ${slipShare}, in both procedures, and carried on.\n\n`,
    row(['file', 'rows', 'sha256']), row(['---', '---:', '---']),
    ...files.map(([path, text]) => row([`datasets/${path}`, dataSets.find(({ part }) => path.endsWith(`/${part}.jsonl`))!.rows, sha256(text)])),
    row([`corpus, ${shipped.problems} problems, seed ${shipped.seed}`, shipped.problems, hash.digest('hex')]),
  ].join('');
}

/** The text and, below it, its own sha256, for docs/misconceptions.md. */
export function registeredMisconceptions(): string {
  const text = misconceptionsText();
  return `${text}\nsha256 of all that stands above this line, from the first \`| kind\` to the last row: ${sha256(text)}. The same number: \`node tools/dosage/main.ts misconceptions | sha256sum\`.`;
}
