import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { styleText } from 'node:util';
import { decodeForm } from '@slowthink/beam-search';
import { FaultError } from '@slowthink/faults';
import { composeEmbedded, composePolicy, type Policy, type StepScorer } from '@slowthink/models';
import { checkPolicy, checkScorer, exitCodes, noScorer, openPolicy, openScorer, policyForm, searchOf, type ResolvedRun } from '@slowthink/wiring';
import { Option, type Command } from 'commander';
import { answerObject, type AnswerObject } from '../asking/answer-object.ts';
import { answerText, type Page } from '../asking/answer-text.ts';
import { askedKinds, askedQuestion, type AskedKind, type AskedQuestion } from '../asking/asked-question.ts';
import { makeCandidates } from '../asking/make-candidates.ts';
import { rankCandidates } from '../asking/rank-candidates.ts';
import { stopAsking } from '../asking/stop-asking.ts';
import { waitingLine, type WaitingLine } from '../asking/waiting-line.ts';
import { addSettings, settingsOf, type RunSettings } from '../flags.ts';

interface Given { readonly questionFile?: string; readonly kind?: AskedKind; readonly options?: string; readonly unit?: string; readonly json?: boolean }

const usage = '\nExample:\n  slowthink ask "A patient weighs 80 kg. Cloxacillin is ordered at 18 mg/kg per day, in equal doses every 12 hours. How many mg is each dose?"\n  slowthink ask "How to stop a cough?" --policy openai:http://127.0.0.1:8080#smollm2-135m -n 8\n  slowthink ask "Which drug thins blood?" --options "aspirin|morphine" --decode beam:4\n\nAn answer that can be told equal to others is voted on (P-VS: the sum of the least step values); an open question is ranked by best-of-N (min). --scorer none: the majority, or the first.\ndocs/ask.md shows what is printed.\n\nExit codes: 0 answered, 1 no candidate states an answer, or stopped before, 2 wrong use, 3 a file or a model is missing, 130 stopped by a second signal.';

export function addAsk(program: Command): void {
  addSettings(program.command('ask'), ['policy', 'scorer', 'evaluate.samples', 'evaluate.temperature', 'evaluate.topP', 'evaluate.tokens', 'evaluate.decode', 'seed', 'recipe', 'models.dialect', 'models.threads', 'models.inFlight', 'models.timeoutMs'])
    .description('Answer one question with N candidates ranked by the step scorer: the winning chain with the value of each step, the other answers with their votes, tokens and time.')
    .argument('[question]', 'The question; - reads it from stdin.')
    .option('--question-file <file>', 'A file that holds the question; - is stdin.')
    .addOption(new Option('--kind <kind>', 'What is asked for, where the question does not show it: lettered options at its end, "how many mg", "in mL/h?" and "answer yes or no" it does; any other is open.').choices(askedKinds))
    .option('--options <texts>', 'The options of a choice, "|" between them, where the question does not name them.')
    .option('--unit <unit>', 'The unit of a number, where the question does not say it; means --kind number.')
    .option('--json', 'Print one JSON object.')
    .addHelpText('after', usage)
    .action(async (argument: string | undefined, given: Given, command: Command) => { await ask(await settingsOf(command, false), argument, given); });
}

/** Everything wrong with the command is said before a model is opened. */
async function ask(resolved: ResolvedRun, argument: string | undefined, given: Given): Promise<void> {
  const { values: settings } = resolved;
  const decode = decodeForm(settings['evaluate.decode'], settings['evaluate.samples']);
  const scored = settings.scorer !== noScorer;
  if (decode.kind === 'beam' && !scored) throw new FaultError('SETTING_INVALID', `--decode ${settings['evaluate.decode']} needs a step scorer, and --scorer is none.`, { hint: 'Name a scorer, or leave --decode out.' });
  const question = askedQuestion(await readQuestion(argument, given.questionFile), given);
  await checkPolicy(settings);
  await checkScorer(settings);
  for (const note of notesOn(resolved, question)) process.stderr.write(`${note}\n`);
  const waiting = waitingLine(process.stderr);
  const stop = stopAsking(waiting.end);
  try {
    const answered = await answer(settings, question, waiting, stop.asked);
    waiting.end();
    process.stdout.write(given.json === true ? `${JSON.stringify(answered)}\n` : `${answerText(answered, optionTextOf(question), stdoutPage())}\n`);
    for (const note of afterthoughts(answered)) process.stderr.write(`${note}\n`);
    if (answered.answer === null) process.exitCode = exitCodes.failed;
  } catch (error) {
    if (!stop.asked.aborted || error !== stop.asked.reason) throw error;
    process.exitCode = exitCodes.failed;
  } finally {
    waiting.end();
    stop.release();
  }
}

async function answer(settings: RunSettings, question: AskedQuestion, waiting: WaitingLine, signal: AbortSignal): Promise<AnswerObject> {
  const { 'evaluate.decode': decode, 'evaluate.samples': n, 'evaluate.temperature': temperature, 'evaluate.topP': topP, 'evaluate.tokens': tokens, seed } = settings;
  const search = searchOf(settings);
  const began = performance.now();
  const open: { close(): Promise<void> }[] = [];
  try {
    waiting.say('Opening the models');
    const policy = limited(await openPolicy(settings), settings);
    open.push(policy);
    const scorer: StepScorer | undefined = settings.scorer === noScorer ? undefined : await openScorer(settings);
    if (scorer !== undefined) open.push(scorer);
    const models = { policy: namesOf(await policy.describe(signal)), scorer: scorer === undefined ? null : namesOf(await scorer.describe(signal)) };
    waiting.say(n === 1 ? 'Waiting for the candidate' : `Waiting for ${n} candidates`);
    const made = await makeCandidates({
      policy, scorer, question, search, decode: decodeForm(decode, n), candidates: n, seed, sampling: { temperature, topP, topK: 0, minP: 0, maxTokens: tokens ?? search.rollout.maxTokens },
      onScored: (done, all) => waiting.say(`${done} of ${all} candidates valued`), onRound: ({ round, live, finished }) => waiting.say(`${finished} of ${n} chains finished after ${round} steps, prefixes that go on: ${live}`),
    }, signal);
    const ranking = rankCandidates(made.candidates);
    if (ranking.chosen < 0) throw new FaultError('MODEL_EMPTY_STEP', `${models.policy.model} wrote no text in any of ${n} candidates.`, { hint: 'Raise --max-tokens (a thinking model thinks first), or ask another model.' });
    return answerObject({ question, made, ranking, decode, models, seconds: (performance.now() - began) / 1000 });
  } finally { await Promise.all(open.map((model) => model.close())); }
}

const namesOf = ({ model, revision }: { readonly model: string; readonly revision: string }) => ({ model, revision });

/** A server is limited and asked again, but not waited for: somebody sits before the terminal. */
const limited = (policy: Policy, settings: RunSettings): Policy =>
  (policyForm(settings.policy).embedded ? composeEmbedded(policy, { inFlightMax: settings['models.inFlight'] }) : composePolicy(policy, { inFlightMax: settings['models.inFlight'], attemptsMax: settings['models.retries'] + 1, giveUpAfterMs: 0 }));

/** From the argument, a file or stdin. SETTING_INVALID, QUESTION_FILE_MISSING, QUESTION_FILE_UNREADABLE. */
async function readQuestion(argument: string | undefined, file: string | undefined): Promise<string> {
  if ((argument === undefined) === (file === undefined)) throw new FaultError('SETTING_INVALID', argument === undefined ? 'No question is given.' : 'A question and --question-file are both given.', { hint: 'Type the question in quotation marks, or give --question-file FILE; - reads it from stdin.' });
  if (argument === '-' || file === '-') return text(process.stdin);
  if (file === undefined) return argument!;
  try { return readFileSync(file, 'utf8'); } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new FaultError(missing ? 'QUESTION_FILE_MISSING' : 'QUESTION_FILE_UNREADABLE', missing ? `There is no file ${file}.` : `${file} cannot be read: ${(cause as Error).message}.`, { cause, hint: 'Check the path given to --question-file.' });
  }
}

/** What a user should know before believing an answer. */
function notesOn({ values: { policy, scorer, 'evaluate.samples': n, 'evaluate.temperature': temperature, 'evaluate.decode': decode }, origins }: ResolvedRun, { allowed: { kind } }: AskedQuestion): readonly string[] {
  const ships = 'knows dose calculations and nothing else';
  return [
    ...(policy === 'seed' && kind !== 'number' ? [`The policy that ships ${ships}: take no word of it for an answer to this. Name a model with --policy.`] : []),
    ...(policy !== 'seed' && scorer === 'seed' && origins.scorer.from === 'default' ? [`The step scorer that ships ${ships}: its values say little here. Name one with --scorer, or --scorer none for the majority.`] : []),
    ...(temperature === 0 && n > 1 && decode === 'sample' ? [`At temperature 0 all ${n} candidates are the same: nothing is chosen.`] : []),
  ];
}

/** What to do about candidates that came to nothing. */
function afterthoughts({ answer, candidates, without: { truncated } }: AnswerObject): readonly string[] {
  const unscored = candidates.flatMap(({ unscored: code }) => code ?? []);
  const cut = truncated > 0 ? `; ${truncated} of ${candidates.length} were cut off, so raise --max-tokens` : '';
  return [
    ...(unscored.length > 0 ? [`${unscored.length} of ${candidates.length} candidates could not be valued (${[...new Set(unscored)].join(', ')})${unscored.length === candidates.length ? ', so that values decided nothing' : ''}. Name another scorer, or lower --max-tokens.`] : []),
    ...(answer === null ? [`No candidate states an answer${cut}. Shown is the best of them. Ask for more with -n, or say with --kind what is asked for.`] : []),
  ];
}

const optionTextOf = ({ allowed }: AskedQuestion) => (letter: string): string => (allowed.kind === 'choice' ? allowed.options.find((option) => option.letter === letter)?.text ?? '' : '');

/** Wrapped and coloured on a terminal, where NO_COLOR takes the colours away; plain anywhere else. */
function stdoutPage(): Page {
  const { stdout } = process;
  return stdout.isTTY ? { columns: Math.max(40, stdout.columns || 80), paint: (style, words) => styleText(style, words, { stream: stdout }) } : { columns: undefined, paint: (_style, words) => words };
}
