// Small evolutions with a trainer that copies: real streams, real evaluations, the models that ship.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BegunRecord, DoneRecord, EvolutionReport } from '@slowthink/evolution';
import type { Ended, Workplace } from './command-line.ts';

const trainer = fileURLToPath(new URL('copying-trainer.ts', import.meta.url));

/** --trainer with the flags of copying-trainer.ts. */
export const copyingTrainer = (...flags: readonly string[]): string => ['command:node', JSON.stringify(trainer), '{job}', ...flags].join(' ');

/** Arguments of an evolution of one round over four questions, with four items of dev. */
export const smallEvolution = (dir: string, ...more: readonly string[]): readonly string[] => ['evolve', '--dir', dir, ...(more.includes('--trainer') ? [] : ['--trainer', copyingTrainer()]), ...(more.includes('--rounds') ? [] : ['--rounds', '1']), '--questions-a-round', '4', '--dev-limit', '4', '-n', '2', '--draws', '100', '--json', ...more];

export interface EvolutionSaid extends Pick<EvolutionReport, 'rounds' | 'kept' | 'stopped'> { readonly report: string | null; readonly drained: boolean }

export const evolutionSaid = ({ stdout }: Ended): EvolutionSaid => JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as EvolutionSaid;

export const doneIn = (place: Workplace, dir: string): readonly DoneRecord[] => recordsIn<DoneRecord>(place, dir, 'done');
export const begunIn = (place: Workplace, dir: string): readonly BegunRecord[] => recordsIn<BegunRecord>(place, dir, 'begun');

function recordsIn<Value>(place: Workplace, dir: string, end: string): readonly Value[] {
  const folder = place.path(dir, 'steps');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(`.${end}.json`)).sort().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Value) : [];
}

/** Hashes of all that an evolution made, by step. */
export const madeIn = (place: Workplace, dir: string): { readonly [step: string]: DoneRecord['made'] } => Object.fromEntries(doneIn(place, dir).map(({ step, made }) => [step, made]));
