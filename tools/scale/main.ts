// npm run scale: how many GPUs and hours an evolution of Llama-3.1-8B takes.
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { FaultError } from '@slowthink/faults';
import { exitCodeOf } from '@slowthink/wiring';
import { inputs, valuesOf, type Input } from './inputs.ts';
import { measure, blockShare, measuredFile, readMeasured } from './measure.ts';
import { measureRun } from './measure-run.ts';
import { scaleText } from './tables.ts';

const help = `How many GPUs and hours an evolution takes: a calculation from what a question cost in real runs, and from inputs that are printed with their origin.

  npm run scale                          the tables of docs/scale.md
  npm run scale -- --gpus 16 --tokens-per-second 9000
  npm run scale -- --run DIR             what the requests of a finished run of yours shared, as JSON: requests, samples, prompt sizes with and without a prefix cache, bytes
  npm run scale -- --measure [--file F] [--count N]   run the recipes again (minutes), write tools/scale/measured.json; F: choices in the form of the MedSSS release,
                                         default MedQA.json of SLOWTHINK_MEDICAL_DATA or ../shared/data/medical; then: npm run generate

Inputs:
${Object.entries(inputs as { readonly [name: string]: Input }).map(([name, { value, unit, what, origin }]) => `  --${name.padEnd(28)} ${[unit, what].filter((text) => text !== '').join(', ')}: ${value} (${origin})`).join('\n')}
`;

const numbers = Object.fromEntries(Object.keys(inputs).map((name) => [name, { type: 'string' }])) as { readonly [name in keyof typeof inputs]: { readonly type: 'string' } };
const options = { ...numbers, measure: { type: 'boolean' }, file: { type: 'string' }, count: { type: 'string' }, run: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const satisfies ParseArgsConfig['options'];

async function main(): Promise<void> {
  const { measure: again, file, count = '32', run, help: wantsHelp, ...given } = parseArgs({ options }).values;
  if (wantsHelp === true) { process.stdout.write(help); return; }
  const values = valuesOf(given);
  if (run !== undefined) { console.log(JSON.stringify(await measureRun(run, blockShare(values['tokens-per-step'])), null, 2)); return; }
  if (again !== true) { console.log(scaleText(readMeasured(), values)); return; }
  const questions = file ?? join(process.env['SLOWTHINK_MEDICAL_DATA'] ?? fileURLToPath(new URL('../../../shared/data/medical', import.meta.url)), 'MedQA.json');
  if (!existsSync(questions)) throw new Error(`${questions} is not there. Name a file of choices in the form of the MedSSS release: --file FILE`);
  if (!/^[1-9]\d{0,3}$/u.test(count)) throw new Error(`--count wants a whole number from 1 to 9999, not "${count}". Example: --count 32`);
  writeFileSync(measuredFile, `${JSON.stringify(await measure(questions, Number(count), values['tokens-per-step'], (line) => console.error(line)), null, 2)}\n`);
  console.error('wrote tools/scale/measured.json. Type: npm run generate');
}

try { await main(); } catch (error) {
  console.error(`scale: ${(error as Error).message}${error instanceof FaultError ? ` ${error.hint}` : ''}`);
  process.exitCode = error instanceof FaultError ? exitCodeOf(error) : 2;
}
