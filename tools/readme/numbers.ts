// npm run readme-numbers: the numbers of README.md and of the models' card, each with the sentence it stands in, from the README's own commands; --check fails where it says something else.
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeWhole } from '@slowthink/results';
import { blockBehind, compareBlock, compareSentences, type Finding } from './claims.ts';
import { cardSentences, sentencesOf } from './facts.ts';

const help = `Runs the commands of README.md and compares what they print with what README.md says; the card of the models is compared with what was measured when they shipped. About four minutes on two idle cores; what was printed is kept and not run again.

  npm run readme-numbers                   every line, with what is found
  npm run readme-numbers -- --check        exit code 1 where README.md says something else
  npm run readme-numbers -- --again        run the commands anew: what is kept came from another commit, or another machine
  npm run readme-numbers -- --dir DIR      where runs and outputs are kept (default: runs/readme)
  npm run readme-numbers -- --readme FILE  another text (default: README.md)

Seconds and minutes are of the machine and are not compared. Counts, rates and hashes are those of one type of processor (x86_64).
`;

const root = join(import.meta.dirname, '../..');
const card = 'libs/seed-models/README.md';

/** The commands whose output README.md prints: the text that finds the command there, its words, and the folder README.md names. */
const commands = [
  { name: 'run', text: 'npx slowthink run', words: ['run'], folder: 'runs/default' },
  { name: 'evaluate', text: 'npx slowthink evaluate --items dosage-dev', words: ['evaluate', '--items', 'dosage-dev'], folder: 'runs/evaluation' },
] as const;

const { values: flags } = parseArgs({ options: { check: { type: 'boolean', default: false }, again: { type: 'boolean', default: false }, dir: { type: 'string', default: join(root, 'runs/readme') }, readme: { type: 'string', default: join(root, 'README.md') }, help: { type: 'boolean', short: 'h', default: false } } });

/** Runs a command from an empty folder and keeps what it printed, whole or not at all; a second call reads it. */
async function outputOf({ name, words }: (typeof commands)[number]): Promise<{ readonly text: string; readonly dir: string }> {
  const dir = join(flags.dir, name);
  const kept = join(flags.dir, `${name}.txt`);
  if (flags.again) rmSync(kept, { force: true });
  if (!existsSync(kept)) {
    rmSync(dir, { recursive: true, force: true }); // a run that goes on counts only its own requests
    mkdirSync(flags.dir, { recursive: true });
    console.error(`running: slowthink ${words.join(' ')} --dir ${dir}`);
    const child = spawn(process.execPath, [join(root, 'apps/slowthink/src/main.ts'), ...words, '--dir', dir], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString(); });
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`slowthink ${words.join(' ')} ended with ${String(code)}. Nothing is kept; the same command runs it again.`);
    await writeWhole(kept, `${commit()}\n${text}`);
  }
  const [from = '', ...lines] = readFileSync(kept, 'utf8').split('\n');
  if (from !== commit()) console.error(`${kept} was printed at commit ${from.slice(0, 7)}; --again runs the command at this one.`);
  return { text: lines.join('\n'), dir };
}

function commit(): string {
  try { return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(); } catch { return 'unknown'; }
}

async function main(): Promise<void> {
  const readme = readFileSync(flags.readme, 'utf8');
  const findings: Finding[] = [...compareSentences(readme, sentencesOf())];
  for (const command of commands) {
    const block = blockBehind(readme, command.text);
    const from = `slowthink ${command.words.join(' ')}`;
    if (block === undefined) { findings.push({ line: 0, said: `no block behind "${command.text}"`, found: 'the output of the command', holds: false, from }); continue; }
    const { text, dir } = await outputOf(command);
    findings.push(...compareBlock(block, text, { readme: command.folder, command: dir }, from));
  }
  const ofCard = compareSentences(readFileSync(join(root, card), 'utf8'), cardSentences());
  const all = [...findings.toSorted((a, b) => a.line - b.line).map((finding) => ['README.md', finding] as const), ...ofCard.map((finding) => [card, finding] as const)];
  for (const [file, { line, said, found, holds, from }] of all) console.log(`${holds ? 'ok     ' : 'DIFFERS'} ${file}:${line}  ${said}${holds ? '' : `\n        is: ${found}`}\n        from ${from}`);
  const differ = all.filter(([, { holds }]) => !holds).length;
  console.log(differ === 0 ? `All ${all.length} hold.` : `${differ} of ${all.length} differ.`);
  process.exitCode = flags.check && differ > 0 ? 1 : 0;
}

if (flags.help) process.stdout.write(help);
else try { await main(); } catch (error) { console.error(`readme-numbers: ${(error as Error).message}`); process.exitCode = 2; }
