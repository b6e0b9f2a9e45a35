// npm run bench:memory: resident memory of one run between 1,000 and 20,000 closed trees. --questions N (20000)
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeQuestions, startLoadServer, startRun, type ProgressLine } from './processes.ts';

const { values } = parseArgs({ options: { questions: { type: 'string', default: '20000' }, mock: { type: 'string' } } });
const count = Number(values.questions);
const server = await startLoadServer(2, 8961, values.mock);
const { folder, file } = makeQuestions(count);
const config = join(folder, 'slowthink.json');
writeFileSync(config, JSON.stringify({ search: { nodesMax: 3, childrenMax: 1, simulationBase: 1, simulationMin: 1 } })); // small trees: what grows with questions shows, not with nodes
const run = startRun(['--questions', file, '--dir', join(folder, 'run'), '--policy', `openai:${server.url}#mock`, '--preset', 'laptop', '--config', config]);
const code = await run.ended;
server.stop();

const mb = (lines: readonly ProgressLine[]): number => lines.reduce((sum, { rssBytes }) => sum + rssBytes, 0) / lines.length / 1e6;
const early = run.lines.filter(({ trees }) => trees.closed >= count / 20 && trees.closed <= count / 5);
const late = run.lines.filter(({ trees }) => trees.closed >= count * 0.8 && trees.closed < count);
for (const { elapsedMs, trees, rssBytes } of run.lines) console.log(`${(elapsedMs / 1000).toFixed(0).padStart(5)} s ${String(trees.closed).padStart(7)} trees ${(rssBytes / 1e6).toFixed(0).padStart(5)} MB`);
if (early.length === 0 || late.length === 0) { console.error('The run was too short to compare: give --questions 10000 or more.'); process.exit(2); }
const ratio = mb(late) / mb(early);
console.log(`\nresident memory from ${count * 0.8} trees on / between ${count / 20} and ${count / 5} trees: ${mb(late).toFixed(0)} MB / ${mb(early).toFixed(0)} MB = ${ratio.toFixed(2)}; within 10 %: ${Math.abs(ratio - 1) <= 0.1 ? 'holds' : 'does NOT hold'}.`);
process.exitCode = code === 0 && Math.abs(ratio - 1) <= 0.1 ? 0 : 1;
