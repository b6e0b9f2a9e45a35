// npm run bench:all: the benchmarks of durability one after the other. -- --write puts their tables into docs/benchmarks.md, with the machine they ran on; other flags are those of each script alone.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { publish } from './tables.ts';

const write = process.argv.includes('--write');

function run(script: string, args: readonly string[], output: 'inherit' | 'pipe'): string {
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, script), ...args], { encoding: 'utf8', stdio: ['ignore', output, 'inherit'] });
  if (status !== 0) { console.error(`${script} ended with ${status}`); process.exitCode = 1; }
  return stdout;
}

for (const script of ['pipeline.ts', 'commits.ts', 'replay.ts']) run(script, write ? ['--write'] : [], 'inherit');
publish('restore', `\`\`\`\n${run('restore.ts', [], 'pipe').trim()}\n\`\`\``, write);
