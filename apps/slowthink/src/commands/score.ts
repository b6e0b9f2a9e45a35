import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { FaultError } from '@slowthink/faults';
import { parseSteps, questionText, splitSteps, STEP_ZERO, type Stepping } from '@slowthink/prompts';
import { openScorer } from '@slowthink/wiring';
import { Option, type Command } from 'commander';
import { addSettings, settingsOf } from '../flags.ts';

interface Given { readonly question?: string; readonly questionFile?: string; readonly steps?: string; readonly stepping: Stepping; readonly json?: boolean }

export function addScore(program: Command): void {
  addSettings(program.command('score'), ['scorer', 'models.threads', 'models.timeoutMs'])
    .description('Value each step of a solution with a step scorer: 0 (leads to a wrong answer) to 1 (leads to the right one).')
    .option('--question <text>', 'The question.')
    .option('--question-file <file>', 'A file that holds the question.')
    .option('--steps <file>', 'The solution, "Step 1: …" and so on, a blank line between steps; - reads it from stdin.')
    .addOption(new Option('--stepping <how>', 'How the solution is written: "Step k: …" (marked), or one paragraph a step.').choices(['marked', 'paragraph']).default('marked'))
    .option('--json', 'Print one JSON object, with what scoring cost.')
    .addHelpText('after', '\nExample:\n  slowthink score --question "A drug is ordered at 5 mg/kg for a child of 20 kg. How many mg?" --steps solution.txt\n  slowthink score --question-file question.txt --steps - --scorer judge:openai:http://127.0.0.1:8080#MODEL\n\nsolution.txt:\n  Step 1: Multiply the dose by the weight: 5 x 20 = 100 mg.\n\n  Step 2: The answer is 100 mg.\n\nExit codes: 0 done, 2 wrong use, 3 a file or the model is missing.')
    .action(async (given: Given, command: Command) => {
      const { values: settings } = await settingsOf(command, false);
      const question = readQuestion(given);
      const steps = await readSteps(given);
      const scorer = await openScorer({ ...settings, 'models.giveUpMs': 0 }); // somebody waits: a server that is away is said at once
      try {
        const { model, revision } = await scorer.describe();
        const { values, usage } = await scorer.score({ id: 'score', question, steps });
        const rows = steps.map((step, index) => ({ step: index, value: index === 0 ? null : values[index - 1]!, text: step }));
        process.stdout.write(given.json ? `${JSON.stringify({ scorer: { model, revision }, steps: rows, usage })}\n` : `${table(rows)}\n`);
      } finally { await scorer.close(); }
    });
}

/** As a training row has it. SETTING_INVALID, QUESTION_FILE_UNREADABLE. */
function readQuestion({ question, questionFile }: Given): string {
  if ((question === undefined) === (questionFile === undefined)) throw new FaultError('SETTING_INVALID', question === undefined ? 'No question is given.' : '--question and --question-file are both given.', { hint: 'Give one of --question TEXT and --question-file FILE.' });
  const asked = questionText({ text: question ?? readText('--question-file', questionFile!) });
  if (asked === '') throw new FaultError('SETTING_INVALID', `The question ${question === undefined ? `in ${questionFile} ` : ''}is empty.`, { hint: 'Give its text.' });
  return asked;
}

/** Step 0 first: the fixed one where the text begins with a later step. SETTING_INVALID when there is no step to value. */
async function readSteps({ steps: file, stepping }: Given): Promise<readonly string[]> {
  if (file === undefined) throw new FaultError('SETTING_INVALID', 'No steps are given.', { hint: 'Give --steps FILE, or --steps - to read them from stdin.' });
  const solution = file === '-' ? await text(process.stdin) : readText('--steps', file);
  const steps = /^[\s#*_]*step[ \t]+0[ \t]*[:*_]/iu.test(solution) ? parseSteps(solution, stepping) : [STEP_ZERO, ...splitSteps(solution, 1, stepping)];
  if (steps.length < 2) throw new FaultError('SETTING_INVALID', `${file === '-' ? 'stdin' : file} holds no step to value.`, { hint: `Write each step as ${stepping === 'marked' ? '"Step 1: …"' : 'a paragraph'}, with a blank line between steps.` });
  return steps;
}

function readText(flag: string, path: string): string {
  try { return readFileSync(path, 'utf8'); } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new FaultError(missing ? 'QUESTION_FILE_MISSING' : 'QUESTION_FILE_UNREADABLE', missing ? `There is no file ${path}.` : `${path} cannot be read: ${(cause as Error).message}.`, { cause, hint: `Check the path given to ${flag}.` });
  }
}

const table = (rows: readonly { readonly step: number; readonly value: number | null; readonly text: string }[]): string =>
  ['Step  Value  Text', ...rows.map(({ step, value, text: words }) => `${String(step).padStart(4)}  ${(value === null ? '-' : value.toFixed(3)).padStart(5)}  ${words.replaceAll('\n', ' ')}`)].join('\n');
