import type { Setting } from '@slowthink/settings';
import { flows, type Flow } from './flows.ts';
import { runSettings } from './run-settings.ts';
import type { StageSetupOf } from './stage-process.ts';

const ofOthers = /^(?:questions$|corpus\.|tables\.(?:threads|format|allowBenchmark)$|curriculum\.(?!samples$)|evaluate\.(?:items|rules|draws|subsets|policyParameters|scorerParameters)$)/; // settings of the import, the seal, the ranking and the results
const ofRun = /^(?:labels\.|preference\.|tables\.|stream\.(?:trees|lagMax)$)/;
/** Settings that a flow does not look at. */
const foreign: { readonly [Name in Flow['name']]: RegExp } = { run: /^(?:curriculum\.|evaluate\.|scorer$)/, curriculum: new RegExp(`${ofRun.source}|^(?:evaluate\\.|scorer$)`), evaluation: new RegExp(`${ofRun.source}|^curriculum\\.`) };
const sameAs: { readonly [Name in Flow['name']]: (stage: string) => string } = {
  run: (stage) => `the same as "slowthink run ${stage}"`, curriculum: () => 'as "slowthink curriculum" runs it between import and ranking', evaluation: (stage) => `the same as "slowthink evaluate ${stage}"`,
};

/** What --help of a stage's own program prints: what it does, an example, its flags. */
export function stageUsage({ name, main = `apps/${name}/src/main.ts`, needsPolicy, judges = needsPolicy, needsScorer, flow = flows.run }: Pick<StageSetupOf, 'name' | 'main' | 'needsPolicy' | 'judges' | 'needsScorer' | 'flow'>): string {
  const asksNobody = new RegExp(`^(?:${[needsPolicy ? [] : ['policy$'], judges ? [] : ['grader$', 'grading\\.'], needsScorer ? [] : ['scorer$'], needsPolicy || needsScorer ? [] : ['models\\.']].flat().join('|') || '(?!)'})`);
  const rows = Object.entries<Setting>(runSettings).flatMap(([key, setting]) => (setting.flag === undefined || ofOthers.test(key) || foreign[flow.name].test(key) || asksNobody.test(key) ? [] : [[flagText(setting), docText(setting)] as const]));
  rows.push(['--help, -h', 'This text.']);
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return [
    `Usage: node ${main} --dir <text> [flags]`, '',
    `The stage ${name} alone, ${sameAs[flow.name](name)}: works on what is in the folder and ends; prints its ledger as one JSON line.`, '',
    'Example:', `  node ${main} --dir runs/first${needsPolicy ? ' --policy openai:http://127.0.0.1:8080#smollm2-135m' : ''}`, '',
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
