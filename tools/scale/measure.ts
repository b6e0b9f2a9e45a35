// Real runs of the recipes: against the load-test server, which answers at random, and with the policy that ships. What they asked for is kept in measured.json.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { startLoadServer } from '../bench/processes.ts';
import { measureRun, type MeasuredRun } from './measure-run.ts';

export const recipesMeasured = ['meds3-v2', 'meds3-v4', 'meds3-v4-round-2'] as const;
export type RecipeMeasured = (typeof recipesMeasured)[number];

/** Who answered. random: the load-test server: an even draw of four letters, never "Finish", Finishes of up to four steps: larger trees than any model makes. seed: the policy that ships, a real one, on dose calculations. */
export const answering = ['seed', 'random'] as const;
export type Answering = (typeof answering)[number];

export interface Measured {
  readonly questions: { readonly [Who in Answering]: string };
  readonly runs: { readonly [Recipe in RecipeMeasured]: { readonly [Who in Answering]: MeasuredRun } };
}

export const measuredFile = join(import.meta.dirname, 'measured.json');
export const readMeasured = (): Measured => JSON.parse(readFileSync(measuredFile, 'utf8')) as Measured;

/** A block of a prefix cache (vLLM's 16 tokens) as a share of a step. */
export const blockShare = (tokensPerStep: number): number => 16 / tokensPerStep;

const stepWords = 45; // of the load-test server
const latencyMs = 5;
const pairs = ['--pairs', 'level', 'leaf'];
const bare = { SLOWTHINK_SEARCH_PROMPTING: 'bare', SLOWTHINK_SEARCH_CHOOSING: 'from-text' }; // the policy that ships knows no instruction and no question "Reason or Finish?"

/** Runs every recipe on `count` questions, spread evenly over a file of choices in the form of the MedSSS release, and on as many of dosage with the policy that ships. Some minutes on two cores. */
export async function measure(file: string, count: number, tokensPerStep: number, tell: (line: string) => void): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'slowthink-scale-'));
  const server = await startLoadServer(latencyMs, 0, undefined, [String(stepWords)]);
  try {
    const questions = join(folder, 'questions.json');
    const all = JSON.parse(readFileSync(file, 'utf8')) as readonly unknown[];
    writeFileSync(questions, JSON.stringify(all.filter((_, at) => Math.floor((at * count) / all.length) !== Math.floor(((at - 1) * count) / all.length))));
    const runs: Partial<Record<RecipeMeasured, { readonly [Who in Answering]: MeasuredRun }>> = {};
    for (const recipe of recipesMeasured) {
      const one = async (who: Answering, args: readonly string[], env: NodeJS.ProcessEnv): Promise<MeasuredRun> => {
        const dir = join(folder, `${recipe}-${who}`);
        const began = performance.now();
        await run(['run', '--recipe', recipe, ...pairs, '--dir', dir, ...args], env);
        const found = await measureRun(dir, blockShare(tokensPerStep));
        tell(`${recipe}, ${who}: ${found.questions} questions, ${found.usage.requests} requests, ${found.usage.samples} samples, ${((performance.now() - began) / 1000).toFixed(0)} s`);
        return found;
      };
      runs[recipe] = {
        seed: await one('seed', ['--questions', 'dosage', '--limit', String(count), '--policy', 'seed'], bare),
        random: await one('random', ['--questions', questions, '--policy', `openai:${server.url}#mock`], {}),
      };
    }
    return { questions: { seed: `${count} of dosage`, random: `${count} of ${basename(file)}` }, runs: runs as Measured['runs'] };
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../apps/slowthink/src/main.ts'), ...args, '--json'], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-2000); });
  return new Promise((resolve, reject) => child.once('close', (code) => { if (code === 0) resolve(); else reject(new Error(`slowthink ${args.join(' ')} ended with ${String(code)}: ${said}`)); }));
}
