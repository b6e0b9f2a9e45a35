// npm run bench:method: what a question costs under each recipe, and what its trees look like, with a scripted policy that answers at random.
//   --questions FILE (50 questions, spread evenly over it; default: MedQA.json of SLOWTHINK_MEDICAL_DATA or ../shared/data/medical)  --count N (50)  --seed N (7)
// The reference's known cost (its official code, random answers to 4-way questions, one request a Reason child, every open leaf finished): about 105 requests and 373 samples a question.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MemoryBroker } from '@slowthink/broker';
import { readCorpus } from '@slowthink/corpus';
import { scriptedPolicy, type SampleRequest, type ScriptedPolicy } from '@slowthink/models';
import { hashSeed, topics, type QuestionRecord, type TreeRecord } from '@slowthink/records';
import { resolveSearch } from '@slowthink/search';
import { contents, putQuestions, startStream } from '../../apps/slowthink/src/testing/stream-in-memory.ts';

const medical = process.env['SLOWTHINK_MEDICAL_DATA'] ?? fileURLToPath(new URL('../../../shared/data/medical', import.meta.url));
const { values: flags } = parseArgs({ options: { questions: { type: 'string', default: join(medical, 'MedQA.json') }, count: { type: 'string', default: '50' }, seed: { type: 'string', default: '7' } } });

/** One choice in `oneIn` is Finish; 0: never, as in the released code, whose choice reads the wrong token. */
interface Chooser { readonly name: string; readonly oneIn: number; readonly stepsMax: number /* of a Finish, before its answer */ }
const choosers: readonly Chooser[] = [{ name: 'never Finish', oneIn: 0, stepsMax: 0 }, { name: '1 in 4 a Finish of one step', oneIn: 4, stepsMax: 0 }, { name: '1 in 4 a Finish of one or two steps', oneIn: 4, stepsMax: 1 }];

/** Writes a step of some words, one to four steps to the end, and an answer drawn evenly from the options of the question: no model, the same text for the same request. */
function randomPolicy({ oneIn, stepsMax }: Chooser): ScriptedPolicy {
  return scriptedPolicy({
    answer(request, _index, seed) {
      const roll = (sides: number, ...what: readonly unknown[]): number => hashSeed(flags.seed, request.messages.at(-1)!.content, request.prefix, seed, ...what) % sides;
      if (request.prefix === '') return { text: oneIn > 0 && roll(oneIn, 'choice') === 0 ? 'Finish' : 'Reason' };
      const first = Number(/Step (\d+):[^\n]*$/.exec(request.prefix)![1]);
      const sentence = (step: number): string => Array.from({ length: 8 + roll(20, step, 'length') }, (_, word) => `word${roll(500, step, word)}`).join(' ');
      if (request.stop.length > 0) return { text: ` ${sentence(first)}.` };
      const letters = lettersOf(request);
      const steps = [...Array.from({ length: roll(stepsMax + 1, 'steps') }, (_, step) => `${sentence(step)}.`), `The answer is ${letters[roll(letters.length, 'answer')]}.`];
      return { text: steps.map((text, step) => (step === 0 ? ` ${text}` : `Step ${first + step}: ${text}`)).join('\n\n') };
    },
  });
}

/** Letters of the options in the last question of a conversation. */
const lettersOf = ({ messages }: SampleRequest): readonly string[] => [...messages.findLast(({ role }) => role === 'user')!.content.matchAll(/^([A-J])[.)]/gm)].map(([, letter]) => letter!);

async function questionsOf(file: string, count: number): Promise<readonly QuestionRecord[]> {
  const all: QuestionRecord[] = [];
  for await (const item of readCorpus({ paths: [file] })) if (item.kind === 'question' && item.question.gold.kind === 'choice') all.push(item.question);
  return all.filter((_, at) => Math.floor((at * count) / all.length) !== Math.floor(((at - 1) * count) / all.length));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

async function costOf(recipe: string, chooser: Chooser, questions: readonly QuestionRecord[]): Promise<readonly (string | number)[]> {
  const folder = mkdtempSync(join(tmpdir(), 'slowthink-method-'));
  try {
    const broker = new MemoryBroker();
    await putQuestions(broker, questions, 4);
    const policy = randomPolicy(chooser);
    await (await startStream({ broker, policy, partsFolder: folder, search: resolveSearch(recipe), trees: 64, requests: 64 })).over;
    const trees = (await contents(broker, topics.trees)).map((text) => JSON.parse(text) as TreeRecord);
    const leaves = (tree: TreeRecord, status: string): number => tree.nodes.filter(({ action, verdict }) => action === 'finish' && verdict?.status === status).length;
    const choices = mean(trees.map(({ usage }) => usage.choices ?? 0));
    const oneAChild = (request: SampleRequest): number => (/\/(?:reason|finish|reflect)$/.test(request.id) ? request.n : 1);
    const stops = Map.groupBy(trees, ({ stop }) => stop);
    return [
      recipe, chooser.name, mean(trees.map(({ usage }) => usage.requests)) - choices, choices, policy.requests.filter(({ prefix }) => prefix !== '').reduce((sum, request) => sum + oneAChild(request), 0) / trees.length,
      mean(trees.map(({ usage }) => usage.samples)) - policy.requests.filter(({ prefix }) => prefix === '').reduce((sum, { n }) => sum + n, 0) / trees.length, mean(trees.map(({ nodes }) => nodes.length)),
      mean(trees.map(({ usage }) => usage.promptTokens)), mean(trees.map(({ usage }) => usage.completionTokens)), shapeOf(trees),
      mean(trees.map((tree) => tree.nodes.filter(({ asked, outcome }) => asked === 'reflect' && outcome === 'ok').length)), mean(trees.map((tree) => leaves(tree, 'right'))), mean(trees.map((tree) => leaves(tree, 'wrong'))),
      [...stops].map(([stop, of]) => `${of.length} ${stop}`).sort().join(', '),
    ];
  } finally { rmSync(folder, { recursive: true, force: true }); }
}

/** Nodes at each depth below the root, mean a tree. */
function shapeOf(trees: readonly TreeRecord[]): string {
  const deepest = Math.max(...trees.flatMap(({ nodes }) => nodes.map(({ depth }) => depth)));
  return Array.from({ length: deepest }, (_, at) => mean(trees.map(({ nodes }) => nodes.filter(({ depth }) => depth === at + 1).length)).toFixed(1)).join(', ');
}

const questions = await questionsOf(flags.questions, Number(flags.count));
console.log(`${questions.length} questions of ${questions[0]!.dataset}, a scripted policy that answers evenly at random, seed ${flags.seed}. Means a question; a token is a word.\n`);
const head = ['recipe', 'choice', 'requests', 'choices', 'requests, one a child', 'samples', 'nodes', 'prompt tokens', 'generated tokens', 'nodes at depth 1, 2, …', 'Reflects', 'positive chains', 'negative chains', 'stops'];
console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`);
console.log(`| reference code | its own | | | ~105 | ~373 |${' |'.repeat(8)}`);
for (const recipe of ['meds3-v2', 'meds3-v4', 'meds3-v4-round-2']) {
  for (const chooser of choosers) console.log(`| ${(await costOf(recipe, chooser, questions)).map((cell) => (typeof cell === 'number' ? cell.toFixed(cell < 1000 ? 1 : 0) : cell)).join(' | ')} |`);
}
