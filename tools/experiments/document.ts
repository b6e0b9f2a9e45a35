// outcomes.json -> the tables of docs/experiments.md. Pure: the same outcomes and costs give the same text.
import { decodedAs, differenceOf, has, overSeeds, primaryResults, rightsOf, shareOf, type Share, type Tested } from './analyse.ts';
import type { Experiment } from './experiments.ts';
import type { Costs } from './costs.ts';
import type { KeptRule, Outcomes } from './outcomes.ts';

const points = (share: number): string => (100 * share).toFixed(1);
const signed = (share: number): string => `${share >= 0 ? '+' : '−'}${points(Math.abs(share))}`;
const cell = ({ value, low, high }: Share): string => `${points(value)} [${points(low)}, ${points(high)}]`;
const gain = ({ value, low, high }: Share): string => `${signed(value)} [${signed(low)}, ${signed(high)}]`;
const p = (value: number | null): string => (value === null ? 'n/a' : value < 0.0001 ? '< 0.0001' : value.toFixed(4));
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => [head, head.map((_, at) => (at === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** A question's kind, and the words of its text: for what no round ever saw. */
export interface AboutQuestion { readonly id: string; readonly kind: string; readonly text: string }

export interface Documented {
  readonly outcomes: Outcomes;
  readonly costs: Costs;
  readonly experiments: readonly Pick<Experiment, 'name' | 'title' | 'kind'>[];
  readonly questions: readonly AboutQuestion[]; // in the order of the outcomes
  readonly leftOut: { readonly kind: string; readonly cue: string };
}

/** Every table, each under its heading, in the order in which they are read. */
export function resultTables(documented: Documented): string {
  const { outcomes } = documented;
  return [
    `Decoded ${outcomes.decodedAt} at commit ${outcomes.commit}: ${outcomes.set.questions.length} questions of ${outcomes.set.name}, sha256 \`${outcomes.set.sha256.slice(0, 16)}\`. Accuracies in %, 95 % intervals by bootstrap over questions; differences in points, paired.`,
    '### Whole systems against each other', wholeSystems(documented),
    '### The four primary tests', primary(primaryResults(outcomes)),
    '### Round by round', roundByRound(outcomes),
    '### Every rule, and the temperature', everyRule(outcomes),
    '### Controls and ablations', ablations(documented),
    '### What no round ever saw', unseen(documented),
    '### Three training seeds', seeds(outcomes),
    '### Models', models(outcomes),
  ].join('\n\n');
}

type Whole = readonly [title: string, model: string, rule: KeptRule];
const wholes: readonly Whole[] = [
  ['base, greedy', 'base', 'greedy'], ['base, P-VS', 'base', 'vote-sum-min'], ['heavy SFT round 1, greedy', 'heavy-sft-round-1', 'greedy'], ['heavy SFT round 1, maj@16', 'heavy-sft-round-1', 'maj'], ['heavy SFT round 1, P-VS', 'heavy-sft-round-1', 'vote-sum-min'], ['heavy SFT round 2, greedy', 'heavy-sft-round-2', 'greedy'], ['heavy SFT round 2, maj@16', 'heavy-sft-round-2', 'maj'],
  ['heavy SFT round 2, P-VS', 'heavy-sft-round-2', 'vote-sum-min'], ['light round 1, P-VS', 'round-1', 'vote-sum-min'], ['light round 2, greedy', 'round-2', 'greedy'], ['light round 2, P-VS', 'round-2', 'vote-sum-min'],
];

/** Best of each way first, against each other; every system behind it. The evaluation's seconds are those of all rules together: greedy, candidates and step values of a question are made once. */
function wholeSystems({ outcomes, costs }: Documented): string {
  const questions = outcomes.set.questions.length;
  const shown = wholes.filter(([, model, rule]) => has(outcomes, model) && decodedAs(outcomes, model).rights[rule] !== undefined);
  const value = ([, model, rule]: Whole): number => shareOf(rightsOf(outcomes, [model, rule])).value;
  const best = (some: readonly Whole[]): Whole | undefined => some.toSorted((x, y) => value(y) - value(x))[0];
  const light = best(shown.filter(([, model, rule]) => model.startsWith('round-') && rule === 'vote-sum-min')), heavy = best(shown.filter(([, model]) => model.startsWith('heavy-sft')));
  const numbers = ([, model, rule]: Whole): readonly string[] => {
    const { promptTokens, generatedTokens, flops, minutes } = costs.making[model] ?? { promptTokens: 0, generatedTokens: 0, flops: 0, minutes: 0 };
    const decoding = costs.decoding(decodedAs(outcomes, model), rule, questions);
    return [promptTokens.toLocaleString('en'), generatedTokens.toLocaleString('en'), flops === 0 ? '0' : flops.toExponential(1), minutes.toFixed(1), decoding.tokens.toFixed(0), decoding.flops.toExponential(1), (decodedAs(outcomes, model).seconds / questions / 60).toFixed(4)];
  };
  const head = ['system', 'accuracy', 'making: prompt tokens', 'generated tokens', 'FLOPs', 'minutes', 'decoding a question: tokens', 'FLOPs', 'minutes (all rules together)'];
  const rows = shown.map((row) => [row[0], cell(shareOf(rightsOf(outcomes, [row[1], row[2]]))), ...numbers(row)]);
  if (light === undefined || heavy === undefined) return table(head, rows);
  const { difference } = differenceOf(rightsOf(outcomes, [light[1], light[2]]), rightsOf(outcomes, [heavy[1], heavy[2]]));
  const [ofLight, ofHeavy] = [numbers(light), numbers(heavy)];
  const first = [`**best light (${light[0]}) against best heavy (${heavy[0]})**`, `${points(value(light))} against ${points(value(heavy))}: ${gain(difference)}`, ...ofLight.map((number, at) => `${number} against ${ofHeavy[at]!}`)];
  const winner = difference.low > 0 ? 'the light system wins' : difference.high < 0 ? 'the heavy system wins' : 'neither wins';
  const sentence = `At equal cost of searching (two rounds of as many questions in both ways, by construction) ${winner}: ${points(value(light))} % (${light[0]}) against ${points(value(heavy))} % (${heavy[0]}), a difference of ${gain(difference)} points; a question costs ${ofLight[4]!} tokens to decode against ${ofHeavy[4]!}. Which of each way is best was seen on this set.`;
  return [sentence, table(head, [first, ...rows])].join('\n\n');
}

const primary = (tests: readonly Tested[]): string => table(['test', 'difference', 'only a / only b right', 'McNemar p', 'Holm', 'wanted', 'holds'], tests.map(({ title, difference, onlyA, onlyB, p: raw, holm, wanted, holds }) => [title, gain(difference), `${onlyA} / ${onlyB}`, p(raw), p(holm), wanted === 0 ? 'above 0' : `at least ${points(wanted)}, above 0`, holds ? 'yes' : 'no']));

function roundByRound(outcomes: Outcomes): string {
  const shown = ['base', 'round-1', 'round-2', 'heavy-sft-round-1', 'heavy-sft-round-2', ...['seed-1', 'seed-2'].flatMap((seed) => [`${seed}-round-1`, `${seed}-round-2`])].filter((name) => has(outcomes, name));
  const moved = has(outcomes, 'base') && has(outcomes, 'round-2') ? [`P-VS of round 2 minus that of the base with the scorer that ships: ${gain(differenceOf(rightsOf(outcomes, ['round-2', 'vote-sum-min']), rightsOf(outcomes, ['base', 'vote-sum-min'])).difference)}.`] : [];
  return [table(['policy', 'greedy', 'one sample', 'maj@16', 'pass@16', 'vote-sum min (P-VS)', 'P-VS minus maj', 'step AUROC (inner)'], shown.map((name) => {
    const { oneSample, stepAuroc } = decodedAs(outcomes, name);
    const of = (rule: KeptRule): string => cell(shareOf(rightsOf(outcomes, [name, rule])));
    return [name, of('greedy'), points(oneSample), of('maj'), of('pass'), of('vote-sum-min'), gain(differenceOf(rightsOf(outcomes, [name, 'vote-sum-min']), rightsOf(outcomes, [name, 'maj'])).difference), `${stepAuroc.all?.toFixed(3) ?? 'n/a'} (${stepAuroc.inner?.toFixed(3) ?? 'n/a'})`];
  })), ...moved].join('\n\n');
}

function everyRule(outcomes: Outcomes): string {
  const shown = (['base', 'round-1', 'round-2'] as const).flatMap((name) => [1, 0.7].filter((temperature) => has(outcomes, name, temperature)).map((temperature) => ({ name, temperature })));
  const rules = [...new Set(shown.flatMap(({ name, temperature }) => Object.keys(decodedAs(outcomes, name, temperature).rights) as KeptRule[]))];
  return table(['rule', ...shown.map(({ name, temperature }) => `${name}, T ${temperature}`)], rules.map((rule) => [rule, ...shown.map(({ name, temperature }) => (decodedAs(outcomes, name, temperature).rights[rule] === undefined ? '–' : points(shareOf(rightsOf(outcomes, [name, rule], temperature)).value)))]));
}

/** The clean base has a round of its own. */
const cleanRound = [{ name: 'clean-base-round-1', title: 'one round from that base' }] as const;

/** Rows of scorers are over the candidates of round 1; those of policies against the greedy of round 1. All exploratory. */
function ablations({ outcomes, experiments }: Documented): string {
  const one = [...experiments.filter(({ kind }) => kind === 'control' || kind === 'ablation'), ...cleanRound].filter(({ name }) => has(outcomes, name));
  const row = (name: string, title: string): readonly string[] => {
    const { rights, stepAuroc } = decodedAs(outcomes, name);
    const against = (rule: KeptRule): string => (rights[rule] === undefined ? '–' : gain(differenceOf(rightsOf(outcomes, [name, rule]), rightsOf(outcomes, ['round-1', rule])).difference));
    const of = (rule: KeptRule): string => (rights[rule] === undefined ? '–' : points(shareOf(rightsOf(outcomes, [name, rule])).value));
    return [title, of('greedy'), against('greedy'), of('maj'), of('vote-sum-min'), against('vote-sum-min'), of('vote-sum-last'), of('bon-min'), stepAuroc.all?.toFixed(3) ?? '–'];
  };
  const weighed = (['vote-sum-probability', 'vote-sum-token-probability'] as const).filter((rule) => has(outcomes, 'round-1') && decodedAs(outcomes, 'round-1').rights[rule] !== undefined)
    .map((rule) => [`policy's own probability as weight of a vote${rule === 'vote-sum-token-probability' ? ', per token' : ''}`, '–', '–', '–', `${points(shareOf(rightsOf(outcomes, ['round-1', rule])).value)} (in place of step values)`, gain(differenceOf(rightsOf(outcomes, ['round-1', rule]), rightsOf(outcomes, ['round-1', 'vote-sum-min'])).difference), '–', '–', '–']);
  return ['Exploratory, uncorrected. Differences are from round 1 of the light rounds.', table(['what', 'greedy', 'minus round 1', 'maj@16', 'P-VS', 'minus round 1', 'vote-sum (last)', 'best-of-N (min)', 'step AUROC'], [...(has(outcomes, 'round-1') ? [row('round-1', 'light round 1, as it is')] : []), ...one.map(({ name, title }) => row(name, title)), ...weighed])].join('\n\n');
}

function unseen({ outcomes, questions, leftOut }: Documented): string {
  if (!has(outcomes, 'left-out')) return 'Not decoded.';
  const parts = [
    { title: `kind ${leftOut.kind}`, at: questions.flatMap(({ kind }, q) => (kind === leftOut.kind ? [q] : [])) },
    { title: `cue "${leftOut.cue}"`, at: questions.flatMap(({ text }, q) => (new RegExp(`\\b${leftOut.cue}\\b`).test(text) ? [q] : [])) },
    { title: 'all other questions', at: questions.flatMap(({ kind, text }, q) => (kind !== leftOut.kind && !new RegExp(`\\b${leftOut.cue}\\b`).test(text) ? [q] : [])) },
  ];
  const over = (column: Float64Array, at: readonly number[]): string => cell(shareOf(Float64Array.from(at, (q) => column[q]!)));
  return table(['questions', 'n', 'base greedy', 'greedy without them', 'P-VS without them', 'round 1 greedy', 'round 1 P-VS'], parts.filter(({ at }) => at.length > 1).map(({ title, at }) => [title, String(at.length), over(rightsOf(outcomes, ['base', 'greedy']), at), over(rightsOf(outcomes, ['left-out', 'greedy']), at), over(rightsOf(outcomes, ['left-out', 'vote-sum-min']), at), over(rightsOf(outcomes, ['round-1', 'greedy']), at), over(rightsOf(outcomes, ['round-1', 'vote-sum-min']), at)]));
}

function seeds(outcomes: Outcomes): string {
  const prefixes = ['', 'seed-1-', 'seed-2-'].filter((prefix) => has(outcomes, `${prefix}round-1`) && has(outcomes, `${prefix}round-2`));
  const effects: readonly (readonly [title: string, of: (prefix: string) => Share])[] = [
    ['greedy: round 1 minus base', (prefix) => between(outcomes, [`${prefix}round-1`, 'greedy'], ['base', 'greedy'])],
    ['greedy: round 2 minus round 1', (prefix) => between(outcomes, [`${prefix}round-2`, 'greedy'], [`${prefix}round-1`, 'greedy'])],
    ['round 1: P-VS minus maj@16', (prefix) => between(outcomes, [`${prefix}round-1`, 'vote-sum-min'], [`${prefix}round-1`, 'maj'])],
    ['round 2: P-VS minus maj@16', (prefix) => between(outcomes, [`${prefix}round-2`, 'vote-sum-min'], [`${prefix}round-2`, 'maj'])],
  ];
  return table(['effect', ...prefixes.map((prefix) => (prefix === '' ? 'seed 0' : prefix.slice(0, -1).replace('-', ' '))), 'mean', 'least', 'most', 'sign met (above 0)'], effects.map(([title, of]) => {
    const differences = prefixes.map(of);
    const values = differences.map(({ value }) => value);
    const { mean, low, high } = overSeeds(values);
    return [title, ...differences.map(gain), signed(mean), signed(low), signed(high), `${values.filter((value) => value > 0).length} of ${values.length}`];
  }));
}

const between = (outcomes: Outcomes, a: readonly [string, KeptRule], b: readonly [string, KeptRule]): Share => differenceOf(rightsOf(outcomes, a), rightsOf(outcomes, b)).difference;

const models = (outcomes: Outcomes): string => table(['system', 'T', 'policy', 'scorer', 'candidates and verdicts', 'seconds'], outcomes.models.map(({ name, temperature, policy, scorer, candidatesSha256, seconds }) => [name, String(temperature), `\`${policy.slice(0, 16)}\``, scorer === null ? '–' : `\`${scorer.slice(0, 16)}\``, `\`${candidatesSha256.slice(0, 16)}\``, seconds.toFixed(0)]));
