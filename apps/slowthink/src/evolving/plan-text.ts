import { relative } from 'node:path';
import { addCosts, estimateStep, searchOfRound, stepsOfRound, type Cost, type DoneRecord, type Step } from '@slowthink/evolution';
import { formatCount, formatDuration } from '@slowthink/telemetry';
import { withoutCredentials } from '@slowthink/wiring';
import { alignColumns } from '../align-columns.ts';
import type { Evolution } from './evolution.ts';
import { knownOf } from './why-not-begun.ts';

/** What an evolution will do and about what it will cost, step by step; what is done already has its true cost. Writes nothing. */
export interface Plan { readonly rounds: readonly { readonly round: number; readonly steps: readonly PlannedStep[] }[]; readonly total: Cost; readonly text: string }

export interface PlannedStep extends Cost { readonly step: string; readonly done: boolean; readonly command: string }

export function planOf(evolution: Evolution, done: ReadonlyMap<string, DoneRecord>): Plan {
  const { rounds: count, recipe, sizes, dev, trainer, serving, pool } = evolution;
  const ended = [...done.values()], known = knownOf(evolution);
  const planned = (step: Step): PlannedStep => {
    const record = done.get(step.id);
    const cost = record === undefined ? estimateStep(step, recipe, sizes, ended, known) : { requests: record.requests, tokens: record.tokens, minutes: record.seconds / 60 };
    return { step: step.name, done: record !== undefined, command: commandText(step, evolution), ...cost };
  };
  const rounds = Array.from({ length: count + 1 }, (_, round) => ({ round, steps: stepsOfRound(recipe, round).map(planned) }));
  const total = addCosts(rounds.flatMap(({ steps }) => steps));
  const head = ['round', 'step', 'requests', 'tokens', 'time', 'command'];
  const rows = rounds.flatMap(({ round, steps }) => steps.map((step, at) => [at > 0 ? '' : round === 0 ? 'base' : String(round), step.step, ...costText(step), `${step.done ? '(done) ' : ''}${step.command}`]));
  const lines = [
    `${recipe.name}: ${count} ${count === 1 ? 'round' : 'rounds'}, ${Array.from({ length: count }, (_, at) => formatCount(sizes.questions(at + 1))).join(' and ')} new questions of ${formatCount(pool.questions.length)}; dev is ${dev.sets.join(', ')}, ${formatCount(dev.count)} items, ${sizes.samples} candidates each. Trainer ${trainer.name}, serving ${serving.name}.`,
    ...alignColumns([head, ...rows, ['all', '', ...costText(total), '']], (column) => column >= 2 && column <= 4),
    known === 'costs' || ended.length > 0 ? 'Requests, tokens and times are estimates: measured with the models that ship on two idle cores, then by the steps that have ended here.' : `How long these models write and how fast, nobody knows yet: tokens and times come with the first steps that end${known === 'nothing' ? ', and requests of a search of this size too' : ''}. For a model on GPUs "npm run scale" computes them from inputs of yours (docs/scale.md).`,
  ];
  return { rounds, total, text: lines.map((line) => line.trimEnd()).join('\n') };
}

const costText = ({ requests, tokens, minutes }: Cost): readonly string[] => [requests === null ? 'n/a' : formatCount(requests), tokens === null ? 'n/a' : formatCount(tokens), minutes === null ? 'n/a' : minutes === 0 ? '0 s' : formatDuration(minutes * 60_000)];

/** The command of a step before it can be said in full: models of rounds to come have no hash and no server yet. What is the same for all of them (settings.json of the folder) is left out. */
function commandText({ round, name }: Step, { folder, values, recipe, serving, scorerServing }: Evolution): string {
  const at = (...names: readonly (string | number)[]): string => { const path = folder.path('rounds', ...names.map(String)), near = relative('', path); return near.startsWith('..') ? path : near; };
  const served = (by: typeof serving, model: string, folderOf: string): string => (by.name === 'embedded' ? `onnx:${folderOf}` : `openai:${/^\w+:([^#\s]+)/.exec(by.name)?.[1] ?? ''}#${model}`);
  const policy = (of: number): string => (of === 0 ? withoutCredentials(values.policy) : served(serving, `round-${of}`, at(of, recipe.preference ? 'dpo' : 'policy', 'model')));
  const scorer = round === 0 ? withoutCredentials(values.scorer) : served(scorerServing, `round-${round}-scorer`, at(round, 'scorer', 'model'));
  switch (name) {
    case 'questions': return `draw into ${at(round, 'questions.jsonl')}`;
    case 'curriculum': return `slowthink curriculum --questions ${at(round, 'questions.jsonl')} --policy ${policy(round - 1)} --recipe ${searchOfRound(recipe, round)} --seed ${values.seed} --dir ${at(round, 'curriculum')}`;
    case 'run': return `slowthink run --questions ${recipe.curriculumRounds.includes(round) ? at(round, 'curriculum', 'curriculum.jsonl') : at(round, 'questions.jsonl')} --policy ${policy(round - 1)} --recipe ${searchOfRound(recipe, round)} --seed ${values.seed} --dir ${at(round, 'run')}`;
    case 'sft': case 'dpo': case 'prm': return `train ${at(round, { sft: 'policy', dpo: 'dpo', prm: 'scorer' }[name], 'job.json')}`;
    case 'dev': return `slowthink evaluate --items ${values['evolve.dev'].join(' ')} --policy ${policy(round)} --scorer ${scorer} --recipe ${recipe.asking[round === 0 ? 0 : 1]} -n ${values['evaluate.samples']} --limit ${values['evolve.devLimit'] ?? 'all'} --seed ${values.seed} --dir ${at(round, 'dev')}`;
  }
}
