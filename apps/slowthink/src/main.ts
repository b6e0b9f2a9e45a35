#!/usr/bin/env node
// slowthink: the command line. Commands are files of commands/; what they print goes to stdout, progress and messages to stderr.
import { setFlagsFromString } from 'node:v8';
import { FaultError, explainFault } from '@slowthink/faults';
import { exitCodeOf, exitCodes } from '@slowthink/wiring';
import { Command, CommanderError } from 'commander';
import { addAsk } from './commands/ask.ts';
import { addCompare } from './commands/compare.ts';
import { addCurriculum } from './commands/curriculum.ts';
import { addDatasets } from './commands/datasets.ts';
import { addDecontaminate } from './commands/decontaminate.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addEvaluatePrm } from './commands/evaluate-prm.ts';
import { addEvolve } from './commands/evolve.ts';
import { addGrade } from './commands/grade.ts';
import { addImport } from './commands/import.ts';
import { addInspect } from './commands/inspect.ts';
import { addRebuild } from './commands/rebuild.ts';
import { addReport } from './commands/report.ts';
import { addRetry } from './commands/retry.ts';
import { addRun } from './commands/run.ts';
import { addScore } from './commands/score.ts';
import { addSeal } from './commands/seal.ts';
import { addStatus } from './commands/status.ts';
import { addTopology } from './commands/topology.ts';

// V8 lets garbage grow to several times what lives before it collects; a stream that runs for days shall stay flat instead (npm run bench:memory).
setFlagsFromString('--heap-growing-percent=25');

const program = new Command('slowthink')
  .description('Questions in; reasoning trees explored by a language model; SFT and PRM data sets out. A stream that can stop at any moment and goes on where it was.')
  .addHelpText('after', '\nExample:\n  slowthink run\n  slowthink run --questions first-questions --preset laptop --policy openai:http://127.0.0.1:8080#smollm2-135m\n\nExit codes: 0 done (also with faults, which are counted), 1 the run failed, 2 wrong use, 3 something is missing, 130 stopped by a second signal.')
  .showHelpAfterError('Type the command with --help to see its flags.')
  .exitOverride();
for (const add of [addRun, addCurriculum, addEvolve, addEvaluate, addReport, addCompare, addAsk, addImport, addDecontaminate, addRebuild, addSeal, addRetry, addInspect, addScore, addEvaluatePrm, addGrade, addStatus, addTopology, addDatasets, addDoctor]) add(program);

process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code === 'EPIPE') process.exit(exitCodes.done); throw error; });
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
  else {
    process.stderr.write(`${error instanceof FaultError ? explainFault(error) : error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
