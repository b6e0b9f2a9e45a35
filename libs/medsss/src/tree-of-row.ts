// A row of MedSSS-data becomes a closed tree: the tree of the common prefixes of its chains. From there on it is a tree like any other, so that labels, pairs and seal need nothing of their own.
import { canGrade, graderOf } from '@slowthink/answers';
import { FaultError } from '@slowthink/faults';
import { judgedText, REFLECT_OPENING } from '@slowthink/prompts';
import { treeIdOf, type Gold, type QuestionRecord, type TreeNode, type TreeRecord, type Verdict } from '@slowthink/records';
import type { MedsssChain, MedsssRow, MedsssStep } from './medsss-row.ts';

/** Whose verdict on a chain counts. file: pos is right and neg is wrong; rules: the grader's (libs/answers), and a chain in which it finds no answer ends in none. */
export type VerdictsOf = 'file' | 'rules';

/** What the same for all rows of a file is. */
export interface ImportFrame {
  readonly run: string;
  readonly settingsHash: string;
  readonly seed: number;
  readonly policy: TreeRecord['policy'];
  readonly search: TreeRecord['search'];
  readonly verdicts: VerdictsOf;
  readonly sha256: string; // of the file
}

/** What a person is told of a row beside its tree; counts add up over rows. */
export interface ImportTally {
  readonly chains: number;
  readonly agree: number; // of the chains: the grader says what the file says
  readonly disagree: number; // the grader says the other
  readonly unread: number; // the grader finds no answer in it, or no rule judges this kind of answer
  readonly repeated: number; // chains left out: their text stands in the row before
  readonly lastValues: number; // last steps whose value is not that of the verdict, 1 or 0, and becomes it
  readonly twins: number; // steps of equal text behind the same steps with another value: kept as nodes of their own
  readonly tidied: number; // steps, as MedsssRow has them
}

export interface ImportedTree { readonly tree: TreeRecord; readonly tally: ImportTally }

/**
 * The tree of a row. Nodes are in the order in which the chains bring them, pos first; the chain that brought a node stands as its expansion. Chains share a node where text, value and simulation of all steps up to it are equal, and
 * never their last step, which is a Finish. Not known, and said so: visits are 0, right and simulations null. Values of inner steps are the row's; a last step has 1 or 0 by its verdict. Throws QUESTION_ROW_INVALID: chains that
 * disagree about Step 0, one text in pos and in neg; QUESTION_NO_GRADER: the rules shall judge and have none for this kind of answer.
 */
export function treeOfRow(question: QuestionRecord, row: MedsssRow, place: number, where: string, frame: ImportFrame): ImportedTree {
  const { run, settingsHash, seed, policy, search, verdicts, sha256 } = frame;
  const { id: questionId, dataset, split, role, attempt, prompt, gold } = question;
  if (verdicts === 'rules' && !canGrade(gold)) throw new FaultError('QUESTION_NO_GRADER', `No rule judges the answer to ${questionId}, and --verdicts is rules.`, { hint: 'Import with --verdicts file, or say what kind its answer is: --map …,kind:span.' });
  const builder = new TreeBuilder(gold, verdicts, `medsss:${sha256.slice(0, 12)}:${place}`, where);
  for (const chain of row.pos) builder.add(chain, true);
  for (const chain of row.neg) builder.add(chain, false);
  const source = { sha256, row: place, ...(row.id === undefined ? {} : { id: row.id }), ...(row.question === prompt.text ? {} : { question: row.question }), ...(row.answer === undefined ? {} : { answer: row.answer }) };
  return {
    tree: {
      type: 'tree', v: 1, questionId, treeId: treeIdOf(run, questionId, attempt), dataset, split, role, attempt, run, settingsHash, seed, policy, search, prompt, gold, status: 'closed', stop: 'imported', nodes: builder.nodes, selections: [],
      usage: { requests: 0, samples: 0, promptTokens: 0, completionTokens: 0 }, source,
    },
    tally: { ...builder.tally, tidied: row.tidied },
  };
}

class TreeBuilder {
  readonly nodes: TreeNode[] = [];
  readonly tally = { chains: 0, agree: 0, disagree: 0, unread: 0, repeated: 0, lastValues: 0, twins: 0 };
  readonly #verdicts: VerdictsOf;
  readonly #requestId: string;
  readonly #where: string;
  readonly #judge: (text: string) => Verdict;
  readonly #graded: boolean;
  readonly #inner = new Map<string, TreeNode>(); // by parent, text, value and simulation
  readonly #texts = new Map<string, boolean>(); // of whole chains -> right by the file
  readonly #seen = new Set<string>(); // by parent and text
  readonly #children = new Map<string, number>(); // how many a node has

  constructor(gold: Gold, verdicts: VerdictsOf, requestId: string, where: string) {
    this.#verdicts = verdicts;
    this.#requestId = requestId;
    this.#where = where;
    this.#graded = canGrade(gold);
    this.#judge = graderOf(this.#graded ? gold : { kind: 'span', answer: gold.kind === 'open' ? gold.answer : '' }); // of an open answer only the words are read
  }

  add(chain: MedsssChain, right: boolean): void {
    const [zero, ...steps] = chain;
    const text = judgedText(steps.map((step) => step.text));
    const before = this.#texts.get(text);
    if (before === !right) throw new FaultError('QUESTION_ROW_INVALID', `The row on ${this.#where} has one chain in pos and in neg: ${JSON.stringify(text.slice(0, 80))}.`);
    if (before !== undefined) { this.tally.repeated++; return; }
    this.#texts.set(text, right);
    const expansion = ++this.tally.chains;
    let parent = this.#root(zero!);
    for (const step of steps.slice(0, -1)) parent = this.#step(parent, step, expansion);
    this.#finish(parent, steps.at(-1)!, expansion, right, this.#judge(text));
  }

  #root({ text, value, simulation }: MedsssStep): TreeNode {
    const [root] = this.nodes;
    if (root === undefined) { this.nodes.push({ ...blank, id: '0', parentId: null, depth: 0, expansion: 0, action: 'root', asked: 'root', text, value, ...(simulation === undefined ? {} : { simulation }), requestId: '' }); return this.nodes[0]!; }
    if (root.value !== value || root.simulation !== simulation || root.text !== text) throw new FaultError('QUESTION_ROW_INVALID', `The row on ${this.#where} has chains that disagree about Step 0: ${said(root)} and ${said({ value, simulation })}.`);
    return root;
  }

  #step(parent: TreeNode, { text, value, simulation }: MedsssStep, expansion: number): TreeNode {
    const key = JSON.stringify([parent.id, text, value, simulation]);
    const found = this.#inner.get(key);
    if (found !== undefined) return found;
    const beside = JSON.stringify([parent.id, text]);
    if (this.#seen.has(beside)) this.tally.twins++;
    this.#seen.add(beside);
    const action = text.startsWith(REFLECT_OPENING) ? 'reflect' : 'reason';
    const node: TreeNode = { ...blank, ...this.#under(parent), expansion, action, asked: action, text, value, ...(simulation === undefined ? {} : { simulation }), requestId: this.#requestId };
    this.#inner.set(key, node);
    this.nodes.push(node);
    return node;
  }

  #finish(parent: TreeNode, { text, value: given, simulation }: MedsssStep, expansion: number, right: boolean, graded: Verdict): void {
    const judged = this.#graded && graded.status !== 'none';
    if (!judged) this.tally.unread++;
    else if ((graded.status === 'right') === right) this.tally.agree++;
    else this.tally.disagree++;
    const verdict: Verdict = this.#verdicts === 'rules' ? graded : { status: right ? 'right' : 'wrong', answer: graded.answer, normalised: graded.normalised, rule: 'medsss-data' };
    const value = verdict.status === 'none' ? null : Number(verdict.status === 'right');
    if (given !== value) this.tally.lastValues++;
    this.nodes.push({ ...blank, ...this.#under(parent), expansion, action: 'finish', asked: 'finish', text, value, ...(simulation === undefined ? {} : { simulation }), verdict, requestId: this.#requestId });
  }

  /** Id, parent and depth of the next child. */
  #under(parent: TreeNode): Pick<TreeNode, 'id' | 'parentId' | 'depth'> {
    const place = this.#children.get(parent.id) ?? 0;
    this.#children.set(parent.id, place + 1);
    return { id: `${parent.id}.${place}`, parentId: parent.id, depth: parent.depth + 1 };
  }
}

/** What no row says of a node. */
const blank = { refined: false, forced: false, outcome: 'ok', truncated: false, visits: 0, right: null, simulations: null } as const;

const said = ({ value, simulation }: { readonly value: number | null; readonly simulation?: number | null | undefined }): string => `value ${String(value)}${simulation === undefined ? '' : `, simulation ${String(simulation)}`}`;
