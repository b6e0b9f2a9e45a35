import { statfs } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { FaultError, explainFault } from '@slowthink/faults';
import { isHeld } from '@slowthink/broker-sqlite';
import { formatBytes } from '@slowthink/telemetry';
import { exitCodes, openServer, runPaths, searchOf } from '@slowthink/wiring';
import type { Command } from 'commander';
import { addSettings, settingsOf, type RunSettings } from '../flags.ts';

interface Check { readonly name: string; readonly ok: boolean; readonly text: string }

export function addDoctor(program: Command): void {
  addSettings(program.command('doctor'), ['dir', 'policy', 'models.dialect', 'recipe', 'preset'])
    .description('Check what a run needs: Node, the folder, room on the disk, and the model server with one small request.')
    .addHelpText('after', '\nExample:\n  slowthink doctor --policy openai:http://127.0.0.1:8080#smollm2-135m')
    .action(async (_options: unknown, command: Command) => {
      const { values: settings } = settingsOf(command, true);
      const checks = [checkNode(), await checkFolder(settings), ...await checkPolicy(settings)];
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

/** Describes the server, then asks the same small question twice: does it answer, how fast, and the same for the same seed? */
async function checkPolicy(settings: RunSettings): Promise<readonly Check[]> {
  if (settings.policy === null) return [{ name: 'Policy', ok: false, text: 'none given. Add --policy openai:URL#MODEL; "npm run server" starts a small one.' }];
  const policy = openServer(settings);
  try {
    const { model, revision, contextTokens } = await policy.describe();
    const search = searchOf(settings);
    const longest = Math.max(search.step.maxTokens, search.finish.maxTokens, search.rollout.maxTokens);
    const request = { id: 'doctor', messages: [{ role: 'user' as const, content: 'Name one vital sign.' }], prefix: '', n: 2, seed: 1, stop: [], sampling: { temperature: 1, topP: 0.95, topK: 0, minP: 0, maxTokens: 8 } };
    const start = performance.now();
    const texts = async () => (await policy.sample(request)).samples.map(({ text }) => text);
    const [first, second] = [await texts(), await texts()];
    const room = contextTokens === undefined ? 'context length unknown' : `context ${contextTokens} tokens`;
    return [
      { name: 'Policy', ok: true, text: `${model}@${revision}, ${room}; two requests of 2 samples took ${Math.round(performance.now() - start)} ms.` },
      { name: 'Context', ok: contextTokens === undefined || contextTokens > longest + 512, text: contextTokens === undefined ? 'not told by the server' : `${contextTokens} tokens for prompt and up to ${longest} new ones` },
      { name: 'Seed', ok: true, text: JSON.stringify(first) === JSON.stringify(second) ? 'the same seed gave the same text twice. A server may still answer differently under load or with another prompt cache.' : 'the same seed gave another text: runs cannot be repeated exactly on this server.' },
    ];
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return [{ name: 'Policy', ok: false, text: explainFault(error) }];
  } finally { await policy.close(); }
}
