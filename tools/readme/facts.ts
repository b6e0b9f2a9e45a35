// The sentences of README.md and of the models' card whose numbers stand in files of this repository.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seedParameters } from '@slowthink/seed-models';
import { differenceOf, rightsOf, shareOf } from '../experiments/analyse.ts';
import { readOutcomes, type KeptRule } from '../experiments/outcomes.ts';
import type { Sentence } from './claims.ts';

const root = join(import.meta.dirname, '../..');
const json = <Value>(path: string): Value => JSON.parse(readFileSync(join(root, path), 'utf8')) as Value;
const percent = (share: number): string => String(Math.round(share * 100));
const points = (share: number): string => (100 * share).toFixed(1);
const grouped = (count: number): string => count.toLocaleString('en-US');

const results = 'libs/seed-models/results.json, the evaluation when the models shipped';

interface Shipped { readonly dev: { readonly questions: number; readonly samples: number; readonly greedy: number; readonly majority: number; readonly voteSumMin: number; readonly auroc: number }; readonly data: { readonly [file: string]: string } }
const shipped = (): Shipped => json<Shipped>('libs/seed-models/results.json');

/** The card of the models: its results on dev and the hashes of the data. Its test results are looked at once and compared with nothing. */
export function cardSentences(): readonly Sentence[] {
  const { dev, data } = shipped();
  const short = Object.entries(data).map(([path, digest]) => [path.split('/').at(-1)!, digest.slice(0, 16)] as const);
  return [
    { pattern: /^\| dev \| (\d+) \| ([\d.]+) \[[^|]*\| [^|]*\| ([\d.]+) \[[^|]*\| [^|]*\| ([\d.]+) \[[^|]*\| [^|]*\| ([\d.]+) \(/mu, found: [String(dev.questions), dev.greedy.toFixed(3), dev.majority.toFixed(3), dev.voteSumMin.toFixed(3), String(dev.auroc)], from: results },
    { pattern: new RegExp(`${short.map(([name]) => `${name.replaceAll('.', String.raw`\.`)} \`([0-9a-f]{16})\``).join(', ')}`, 'u'), found: short.map(([, digest]) => digest), from: results },
    { pattern: /^\| parameters \| ([\d,]+) \| ([\d,]+) \|/mu, found: [grouped(seedParameters.policy), grouped(seedParameters.scorer)], from: 'libs/seed-models' },
  ];
}

interface EvolutionLine { readonly name: string; readonly rounds: readonly { readonly greedy: number; readonly maj: number; readonly votes: number; readonly minutes: { readonly [step: string]: number } }[] }

/** The evolution that README.md shows, by the line that was stored when it ended (docs/experiments/evolutions.json): it takes a Python that trains, and is not run again here. */
function evolutionSentences(): readonly Sentence[] {
  const from = 'docs/experiments/evolutions.json, main';
  const { rounds } = json<readonly EvolutionLine[]>('docs/experiments/evolutions.json').find(({ name }) => name === 'main')!;
  const minutes = rounds.flatMap(({ minutes: steps }) => Object.values(steps)).reduce((sum, some) => sum + some, 0);
  const round = (title: string): string => String.raw`${title}[^\n]*\n  greedy +([\d.]+) [^\n]*\n  maj@N +([\d.]+) [^\n]*\n  vote-sum \(min\) +([\d.]+) [^\n]*\n`;
  return [
    { pattern: new RegExp(`^${rounds.map((_, at) => round(at === 0 ? 'base:' : `round ${at}`)).join('')}`, 'mu'), found: rounds.flatMap(({ greedy, maj, votes }) => [greedy, maj, votes].map((share) => (100 * share).toFixed(1))), from },
    { pattern: /rounds with the model that ships: (\d+) minutes on two cores/u, found: [minutes.toFixed(0)], from },
  ];
}

/** What the test set showed, by the outcomes that were stored when it was decoded. */
function testSentences(): readonly Sentence[] {
  const from = 'docs/experiments/outcomes.dosage-test.json';
  const outcomes = readOutcomes(join(root, from));
  const of = (model: string, rule: KeptRule): readonly [model: string, rule: KeptRule] => [model, rule];
  const share = (model: string, rule: KeptRule): string => points(shareOf(rightsOf(outcomes, of(model, rule))).value);
  const over = (a: readonly [string, KeptRule], b: readonly [string, KeptRule]) => differenceOf(rightsOf(outcomes, a), rightsOf(outcomes, b)).difference;
  const votes = ['round-1', 'round-2'].map((model) => points(over(of(model, 'vote-sum-min'), of(model, 'maj')).value));
  const { value, low, high } = over(of('round-2', 'vote-sum-min'), of('heavy-sft-round-2', 'greedy'));
  return [
    { pattern: /The test set \((\d+) questions\) was decoded once[^:]*: greedy ([\d.]+) %, ([\d.]+) % and ([\d.]+) %; vote-sum \(min\) ([\d.]+) and ([\d.]+) points above the majority/u, found: [String(outcomes.set.questions.length), ...['base', 'round-1', 'round-2'].map((model) => share(model, 'greedy')), ...votes], from },
    { pattern: /with the third, round 2 reaches ([\d.]+) % greedily/u, found: [share('seed-2-round-2', 'greedy')], from },
    { pattern: /answer ([\d.]+) % of the test questions greedily\. With 16 answers and step values the light rounds come to ([\d.]+) %: \+([\d.]+) \[−([\d.]+), \+([\d.]+)\] points over that/u, found: [share('heavy-sft-round-2', 'greedy'), share('round-2', 'vote-sum-min'), points(value), points(-low), points(high)], from },
    { pattern: /without the planted misconceptions has ([\d.]+) % before any round/u, found: [share('clean-base', 'greedy')], from },
  ];
}

/** Of README.md: pattern, numbers and where they come from. */
export function sentencesOf(): readonly Sentence[] {
  const { dev } = shipped();
  const rows = Object.fromEntries(['dosage', 'dosage-dev', 'dosage-test'].map((name) => [name, json<{ readonly rows: number }>(`datasets/${name}.manifest.json`).rows])) as { readonly [name: string]: number };
  return [
    { pattern: /picks the right one of (\d+) answers for (\d+) % of the development questions, the majority for (\d+) %/u, found: [String(dev.samples), percent(dev.voteSumMin), percent(dev.majority)], from: results },
    ...evolutionSentences(),
    ...testSentences(),
    { pattern: /first \d+ of the ([\d,]+) training questions/u, found: [grouped(rows['dosage']!)], from: 'datasets/dosage.manifest.json' },
    { pattern: /takes all ([\d,]+) training questions/u, found: [grouped(rows['dosage']!)], from: 'datasets/dosage.manifest.json' },
    { pattern: /solutions of each of ([\d,]+) items/u, found: [grouped(rows['dosage-dev']!)], from: 'datasets/dosage-dev.manifest.json' },
    { pattern: /\(datasets\/dosage\/README\.md\) the ([\d,]+) questions/u, found: [grouped(Object.values(rows).reduce((sum, count) => sum + count, 0))], from: 'the three manifests of dosage' },
    { pattern: /policy and a step scorer of ([\d.]+) million parameters each/u, found: [(Object.values(seedParameters).reduce((sum, count) => sum + count, 0) / 2e6).toFixed(1)], from: 'libs/seed-models' },
  ];
}
