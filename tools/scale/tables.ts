// The page as Markdown tables: inputs, what a question cost in real runs, the bill, memory, disk.
import { table } from '../bench/tables.ts';
import { billOfV2, billOfV4, headTokensOf, together, tokensOfQuestion, type Stage } from './calculate.ts';
import { inputs, type Input, type Values } from './inputs.ts';
import { adapterParameters, allModules, keyValueBytes, trainingBytes, weightBytes } from './memory.ts';
import { answering, recipesMeasured, type Answering, type Measured } from './measure.ts';
import type { MeasuredRun } from './measure-run.ts';

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const short = (value: number): string => (value >= 100 ? whole(value) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const millions = (tokens: number): string => short(tokens / 1e6);
const gigabytes = (bytes: number): string => `${short(bytes / 1e9)} GB`;
const sized = (bytes: number): string => (bytes >= 1e9 ? gigabytes(bytes) : bytes >= 1e6 ? `${short(bytes / 1e6)} MB` : `${short(bytes / 1e3)} KB`);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Every input with the value that was taken. */
export function inputsTable(values: Values): string {
  return table(['flag', 'value', 'unit', 'what', 'origin', 'source'], Object.entries(inputs as { readonly [name: string]: Input }).map(([name, { value, unit, what, origin, source }]) => {
    const taken = values[name as keyof Values];
    return [`\`--${name}\``, taken.toLocaleString('en-US', { maximumSignificantDigits: 6 }), unit, what, taken === value ? origin : 'given', taken === value ? source : ''];
  }));
}

/** What a question cost: a column a run. */
export function costTable({ runs, questions }: Measured, values: Values): string {
  const columns = recipesMeasured.flatMap((recipe) => answering.map((who) => [recipe, who, runs[recipe][who]] as const));
  const row = (name: string, of: (run: MeasuredRun, recipe: (typeof recipesMeasured)[number]) => number): readonly string[] => [name, ...columns.map(([recipe, , run]) => short(of(run, recipe)))];
  const tokens = (run: MeasuredRun, recipe: (typeof recipesMeasured)[number]): ReturnType<typeof tokensOfQuestion> => tokensOfQuestion(run, headTokensOf(runs[recipe].random, values), values);
  const kinds = (run: MeasuredRun): readonly MeasuredRun['kinds']['reason'][] => Object.values(run.kinds);
  return table(['a question', ...columns.map(([recipe, who]) => `${recipe}, ${who}`)], [
    ['questions', ...columns.map(([, who]) => questions[who])],
    row('nodes', (run) => run.nodes / run.questions),
    row('requests', (run) => run.usage.requests / run.questions),
    row('of them choices', (run) => run.kinds.choose.requests / run.questions),
    row('of them rollouts', (run) => run.kinds.rollout.requests / run.questions),
    row('samples', (run) => run.usage.samples / run.questions),
    row('steps written', (run) => sum(kinds(run).map(({ steps }) => steps)) / run.questions),
    row('tokens generated', (run, recipe) => tokens(run, recipe).generated),
    row('prompt tokens, each sample reads its prompt', (run, recipe) => tokens(run, recipe).prompt.everySample),
    row('prompt tokens, once a request', (run, recipe) => tokens(run, recipe).prompt.everyRequest),
    row('prompt tokens, prefix cache', (run, recipe) => tokens(run, recipe).prompt.cached),
    ['saved by the cache, of once a request', ...columns.map(([recipe, , run]) => { const { prompt } = tokens(run, recipe); return `${((1 - prompt.cached / prompt.everyRequest) * 100).toFixed(1)} %`; })],
    ['saved by the cache, of each sample', ...columns.map(([recipe, , run]) => { const { prompt } = tokens(run, recipe); return `${((1 - prompt.cached / prompt.everySample) * 100).toFixed(1)} %`; })],
    row('SFT rows', (run) => run.rows.sft / run.questions),
    row('PRM rows', (run) => run.rows.prm / run.questions),
    row('preference pairs (level, leaf)', (run) => run.rows.pairs / run.questions),
  ]);
}

/** The bill of a recipe: from trees as `seed` made them to trees as `random` made them. */
export function billTable({ runs }: Measured, recipe: 'meds3-v2' | 'meds3-v4', values: Values): string {
  const round = (name: (typeof recipesMeasured)[number], who: Answering) => ({ trees: runs[name][who], real: runs[name].random });
  const bills = answering.map((who) => (recipe === 'meds3-v2' ? billOfV2(round('meds3-v2', who), values) : billOfV4(round('meds3-v4', who), round('meds3-v4-round-2', who), values)));
  const [low, high] = bills.map((bill): readonly Stage[] => [...bill, together(bill)]) as unknown as readonly [readonly Stage[], readonly Stage[]];
  const range = (at: number, of: (stage: Stage) => number, show: (value: number) => string): string => (of(low[at]!) === 0 && of(high[at]!) === 0 ? '' : show(of(low[at]!)) === show(of(high[at]!)) ? show(of(low[at]!)) : `${show(of(low[at]!))} – ${show(of(high[at]!))}`);
  const rows = low.map(({ name }, at) => [name, range(at, ({ prompt }) => prompt.everySample, millions), range(at, ({ prompt }) => prompt.cached, millions), range(at, ({ generated }) => generated, millions), range(at, ({ trained }) => trained, millions), range(at, ({ hoursUncached }) => hoursUncached, short), range(at, ({ hours }) => hours, short)]);
  const last = low.length - 1;
  return table([recipe, 'read, each sample', 'read, prefix cache', 'generated', 'trained', 'GPU hours without cache', 'GPU hours'], [...rows,
    [`hours on ${values.gpus} GPUs`, '', '', '', '', range(last, ({ hoursUncached }) => hoursUncached / values.gpus, short), range(last, ({ hours }) => hours / values.gpus, short)]]);
}

/** Bytes on a GPU. */
export function memoryTable({ runs }: Measured, values: Values): string {
  const kept = (who: Answering): number => runs['meds3-v2'][who].prompts.kept * values['tokens-per-step'];
  const free = 0.9 * 80e9 - weightBytes(values.parameters);
  const adapter = (name: string, rank: number, on: Parameters<typeof adapterParameters>[1]): readonly string[] => [name, `${whole(adapterParameters(rank, on) * 2 / 1e6)} MB`];
  return table(['what', 'bytes'], [
    ['weights, BF16', gigabytes(weightBytes(values.parameters))],
    ['keys and values of a token, BF16', `${whole(keyValueBytes / 1024)} KiB`],
    ['keys and values of all prompts of a tree (meds3-v2: seed – random trees)', `${gigabytes(kept('seed') * keyValueBytes)} – ${gigabytes(kept('random') * keyValueBytes)}`],
    ['room for keys and values on 80 GB at `--gpu-memory-utilization 0.9`', `${gigabytes(free)}, ${whole(free / keyValueBytes)} tokens`],
    ['trees whose prompts fit there (`--trees` a GPU)', `${whole(free / keyValueBytes / kept('seed'))} – ${whole(free / keyValueBytes / kept('random'))}`],
    adapter('LoRA r16 of the policy, 7 modules', 16, allModules),
    adapter('LoRA r64 of the step scorer, q and v (v2)', 64, ['q', 'v']),
    adapter('LoRA r32 of the step scorer, 7 modules (v4)', 32, allModules),
    ['full training with AdamW, sharded over all GPUs, without activations', `${gigabytes(trainingBytes(values.parameters))}, ${gigabytes(trainingBytes(values.parameters) / values.gpus)} a GPU on ${values.gpus}`],
  ]);
}

/** Bytes on disk, a question and for all of them. */
export function diskTable({ runs }: Measured, values: Values): string {
  const columns = answering.map((who) => runs['meds3-v2'][who]);
  const row = (name: string, of: (run: MeasuredRun) => number): readonly string[] => [name, ...columns.map((run) => sized(of(run) / run.questions)), columns.map((run) => sized(of(run) / run.questions * values.questions)).join(' – ')];
  return table(['meds3-v2', ...answering.map((who) => `a question, ${who}`), `${whole(values.questions)} questions`], [
    row('the embedded log (stream.sqlite)', ({ disk }) => disk.log),
    ...Object.keys(columns[0]!.disk.topics).filter((topic) => columns.some(({ disk }) => disk.topics[topic]! > 0)).map((topic) => row(`topic \`${topic}\`, keys and values`, ({ disk }) => disk.topics[topic]!)),
    ...Object.keys(columns[0]!.disk.parquet).map((name) => row(`Parquet \`${name}\``, ({ disk }) => disk.parquet[name] ?? 0)),
  ]);
}

const said = {
  cost: 'Measured here, by real runs: nodes, requests, samples, steps, rows, and which blocks of a prompt had been read before. Tokens are these counts times the inputs above.',
  bill: 'Computed. From trees as large as those of **seed** to trees as large as those of **random**; tokens in millions; GPU hours are hours of one GPU.',
  memory: 'Computed from the published shape of the model (its config.json); what a tree keeps was measured here, in steps.',
} as const;

/** Lengths of the texts that the disk table was measured with. */
const diskSaid = ({ runs }: Measured): string => `Measured here, with texts as they were: steps of ${answering.map((who) => `${runs['meds3-v2'][who].stepBytes} bytes (${who})`).join(' and ')}; longer ones take more. A Kafka compresses topics and keeps several copies.`;

/** All of it, as docs/scale.md has it. */
export const scaleText = (measured: Measured, values: Values): string => [
  '### Inputs', inputsTable(values), '### What a question costs', said.cost, costTable(measured, values), '### The bill', said.bill, billTable(measured, 'meds3-v2', values), billTable(measured, 'meds3-v4', values),
  '### Memory', said.memory, memoryTable(measured, values), '### Disk', diskSaid(measured), diskTable(measured, values),
].join('\n\n');
