import { statfs } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { FaultError, explainFault } from '@slowthink/faults';
import { isHeld } from '@slowthink/broker-sqlite';
import { probePrompt, probeSolution } from '@slowthink/prompts';
import { formatBytes } from '@slowthink/telemetry';
import { trialRequests } from '@slowthink/verifiers';
import { checkGrader as checkGraderForm, examineLog, exitCodes, openGrader, openPolicy, openScorer, policyForm, runPaths, searchOf, type ResolvedRun } from '@slowthink/wiring';
import type { Command } from 'commander';
import { addSettings, settingsOf, type RunSettings } from '../flags.ts';

interface Check { readonly name: string; readonly ok: boolean; readonly text: string }

export function addDoctor(program: Command): void {
  addSettings(program.command('doctor'), ['dir', 'broker', 'run', 'policy', 'scorer', 'models.dialect', 'models.threads', 'recipe', 'preset', 'grader', 'grading.timeoutMs'])
    .description('Check what a run needs: Node, the folder, room on the disk, the Kafka where --broker names one, the models with one small request each, and who judges answers.')
    .addHelpText('after', '\nExample:\n  slowthink doctor\n  slowthink doctor --policy openai:http://127.0.0.1:8080#smollm2-135m\n  slowthink doctor --broker kafka://127.0.0.1:9092 --run first')
    .action(async (_options: unknown, command: Command) => {
      const resolved = await settingsOf(command, true).catch(() => settingsOf(command, false)); // a Kafka that cannot be asked what the run began with is one of the findings
      const checks = [checkNode(), await checkFolder(resolved.values), ...await checkLog(resolved.values), ...await checkPolicy(resolved.values), ...await checkScorer(resolved), ...await checkGrader(resolved.values)];
      for (const { name, ok, text } of checks) process.stdout.write(`${ok ? 'ok     ' : 'MISSING'}  ${name}: ${text}\n`);
      if (checks.some(({ ok }) => !ok)) process.exitCode = exitCodes.missing;
    });
}

function checkNode(): Check {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return { name: 'Node', ok: major >= 24, text: major >= 24 ? process.version : `${process.version}; Slowthink needs 24. "npm ci" brings it, and "npx slowthink" uses it.` };
}

async function checkFolder(settings: RunSettings): Promise<Check> {
  const { dir } = runPaths(settings.dir);
  let parent = dir;
  while (!existsSync(parent)) parent = dirname(parent);
  const { bavail, bsize } = await statfs(parent);
  const holder = existsSync(dir) ? isHeld(dir) : undefined;
  return { name: 'Folder', ok: holder === undefined && bavail * bsize > 1e9, text: `${dir}, ${formatBytes(bavail * bsize)} free${holder ? `; process ${holder.pid} works on it` : ''}` };
}

/** The Kafka of the run: does it answer, may this user work there, and would its topics keep every record? */
async function checkLog(settings: RunSettings): Promise<readonly Check[]> {
  return orMissing('Broker', async () => {
    const found = await examineLog(settings);
    if (found === undefined) return [];
    const { brokers, topics, problems } = found;
    return [
      { name: 'Broker', ok: true, text: `${settings.broker}, a cluster of ${brokers}; transactional ids and groups of ${settings.run} may be used.` },
      { name: 'Topics', ok: problems.length === 0, text: problems.length > 0 ? `${problems.join('; ')}. "slowthink topology --kafka" prints them as they must be.` : topics.length === 0 ? `none of ${settings.run} yet; a run makes them.` : `${topics.length} of ${settings.run} are there, and keep every record.` },
    ];
  });
}

/** Opens the policy, then asks the same small question twice: does it answer, how fast, and the same for the same seed? */
async function checkPolicy(settings: RunSettings): Promise<readonly Check[]> {
  const { embedded } = policyForm(settings.policy);
  const search = searchOf(settings);
  return orMissing('Policy', async () => {
    const policy = await openPolicy(settings);
    try {
      const { model, revision, contextTokens } = await policy.describe();
      const asked = search.prompting === 'bare' ? 256 : 512; // a question and a few steps, with or without the worked example
      const longest = Math.max(search.step.maxTokens, search.finish.maxTokens, search.rollout.maxTokens);
      const request = { id: 'doctor', ...probePrompt, n: 2, seed: 1, sampling: { temperature: 1, topP: 0.95, topK: 0, minP: 0, maxTokens: 8 } };
      const start = performance.now();
      const texts = async () => (await policy.sample(request)).samples.map(({ text }) => text);
      const [first, second] = [await texts(), await texts()];
      const room = contextTokens === undefined ? 'context length unknown' : `context ${contextTokens} tokens`;
      const same = JSON.stringify(first) === JSON.stringify(second);
      return [
        { name: 'Policy', ok: true, text: `${model}@${revision}, ${room}; two requests of 2 samples took ${Math.round(performance.now() - start)} ms.` },
        { name: 'Context', ok: contextTokens === undefined || contextTokens > longest + asked, text: contextTokens === undefined ? 'not told by the server' : `${contextTokens} tokens for prompt and up to ${longest} new ones` },
        embedded
          ? { name: 'Seed', ok: same, text: same ? 'the same seed gave the same text twice.' : 'the same seed gave another text: please report this.' }
          : { name: 'Seed', ok: true, text: same ? 'the same seed gave the same text twice. A server may still answer differently under load or with another prompt cache.' : 'the same seed gave another text: runs cannot be repeated exactly on this server.' },
      ];
    } finally { await policy.close(); }
  });
}

/** Opens the scorer and values a solution of two steps; with a policy on a server only when --scorer is given. */
async function checkScorer({ values: settings, origins }: ResolvedRun): Promise<readonly Check[]> {
  if (!policyForm(settings.policy).embedded && origins.scorer.from === 'default') return [];
  return orMissing('Scorer', async () => {
    const scorer = await openScorer({ ...settings, 'models.giveUpMs': 0 });
    try {
      const { model, revision } = await scorer.describe();
      const { values } = await scorer.score({ id: 'doctor', ...probeSolution });
      return [{ name: 'Scorer', ok: values.length === 2 && values.every((value) => value >= 0 && value <= 1), text: `${model}@${revision}; valued ${values.length} of 2 steps.` }];
    } finally { await scorer.close(); }
  });
}

/** Starts the program or asks the judge, with a right and a wrong answer. Another verdict than expected is said and no failure: a grader may be made for other questions than sums. */
async function checkGrader(settings: RunSettings): Promise<readonly Check[]> {
  return orMissing('Grader', async () => {
    await checkGraderForm(settings);
    const verifier = await openGrader(settings);
    if (verifier === undefined) return [];
    try {
      const { name } = await verifier.describe();
      const start = performance.now();
      const [right, wrong] = await Promise.all(trialRequests.map((request) => verifier.verify(request)));
      return [{ name: 'Grader', ok: true, text: `${name}; judged a right answer to 2 + 2 as ${right!.status} and a wrong one as ${wrong!.status} in ${Math.round(performance.now() - start)} ms.` }];
    } finally { await verifier.close(); }
  });
}

/** The checks, or one that is missing for the fault that ended them. */
async function orMissing(name: string, checks: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try { return await checks(); } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return [{ name, ok: false, text: explainFault(error) }];
  }
}
