import type { Setting } from '@slowthink/settings';
import { flows } from './flows.ts';
import { runSettings } from './run-settings.ts';
import type { StageSetupOf } from './stage-process.ts';

const ofOthers = /^(?:questions$|corpus\.|scorer$|tables\.(?:threads|format|allowBenchmark)$|curriculum\.(?!samples$))/; // settings of the import, the scoring, the seal and the ranking
const ofRun = /^(?:labels\.|preference\.|tables\.|stream\.(?:trees|lagMax)$)/;

/** What --help of a stage's own program prints: what it does, an example, its flags. */
export function stageUsage({ name, needsPolicy, flow = flows.run }: Pick<StageSetupOf, 'name' | 'needsPolicy' | 'flow'>): string {
  const rows = Object.entries<Setting>(runSettings).flatMap(([key, setting]) => (setting.flag === undefined || ofOthers.test(key) || (flow === flows.run ? key.startsWith('curriculum.') : ofRun.test(key)) || (!needsPolicy && /^(?:policy$|models\.|grader$|grading\.)/.test(key)) ? [] : [[flagText(setting), docText(setting)] as const]));
  rows.push(['--help, -h', 'This text.']);
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return [
    `Usage: node apps/${name}/src/main.ts --dir <text> [flags]`, '',
    `The stage ${name} alone, ${flow === flows.run ? `the same as "slowthink run ${name}"` : `as "slowthink ${flow.name}" runs it between import and ranking`}: works on what is in the folder and ends; prints its ledger as one JSON line.`, '',
    'Example:', `  node apps/${name}/src/main.ts --dir runs/first${needsPolicy ? ' --policy openai:http://127.0.0.1:8080#smollm2-135m' : ''}`, '',
    'Flags (what is not given is taken from what the folder began with; "slowthink run --explain" shows every setting):',
    ...rows.map(([flag, doc]) => `  ${flag.padEnd(width)}  ${doc}`), '',
    'Exit codes: 0 done (also with faults, which are counted), 1 the run failed, 2 wrong use, 3 something is missing, 130 stopped by a second signal.', '',
  ].join('\n');
}

const flagText = ({ flag, type }: Setting): string => (type === 'boolean' ? flag! : `${flag!} <${({ string: 'text', integer: 'n', number: 'x', enum: 'name', duration: 'time', bytes: 'size', list: 'text' } as const)[type]}>`);

function docText(setting: Setting): string {
  const allowed = setting.type === 'enum' || (setting.type === 'list' && setting.values) ? ` One of ${setting.values!.join(', ')}.` : '';
  return `${setting.doc}${allowed}${setting.default === null || setting.type === 'boolean' ? '' : ` (default: ${String(setting.default)})`}`;
}
