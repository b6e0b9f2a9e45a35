// npm run measure:leaks: how many planted leaks the leak check finds, and what it flags where nothing was planted.
//   --data DIR (MedQA.json, MedMCQA.json, pubmedqa.json, drugdose.json; default: SLOWTHINK_MEDICAL_DATA or ../shared/data/medical)  --count N (200, planted a set and way at most)  --scale N (200000 questions timed)
//   --show (every pair that is flagged between the halves of a set: to be read by eye)  --write (into docs/contamination.md)
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LeakIndex, filteredKinds, leakKinds, leakRules } from '@slowthink/contamination';
import { readCorpus, readManifests } from '@slowthink/corpus';
import { hashSeed, type QuestionRecord } from '@slowthink/records';
import { plants, stemOf } from './plant.ts';
import { thirteenGrams } from './thirteen-grams.ts';

const { values: flags } = parseArgs({ options: { data: { type: 'string' }, count: { type: 'string', default: '200' }, scale: { type: 'string', default: '200000' }, show: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } } });
const data = flags.data ?? process.env['SLOWTHINK_MEDICAL_DATA'] ?? join(import.meta.dirname, '../../../shared/data/medical');
const manifests = await readManifests();

async function read(name: string): Promise<readonly QuestionRecord[]> {
  const questions: QuestionRecord[] = [];
  for await (const item of readCorpus({ paths: [name], manifests, folders: [data] })) if (item.kind === 'question') questions.push(item.question);
  return questions;
}

const names = ['medqa', 'medmcqa', 'pubmedqa', 'drugdose', 'dosage-dev', 'dosage-test'] as const;
const sets = new Map<string, readonly QuestionRecord[]>();
for (const name of names) sets.set(name, await read(name));

const percent = (share: number): string => (Number.isFinite(share) ? `${(100 * share).toFixed(share > 0.995 && share < 1 ? 1 : 0)} %` : 'n/a');
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string => [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const shortMax = 12;
const length = (item: QuestionRecord): number => stemOf(item).split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

/** Recall: items of a set changed in one way, looked at against the whole set. */
function planted(): string {
  const rows: (readonly (string | number)[])[] = [];
  for (const [way, plant] of Object.entries(plants)) {
    for (const [name, items] of sets) {
      if (name === 'dosage-dev') continue; // made like dosage-test
      const [all, filter, alone] = [indexOf(name).all, indexOf(name).filter, thirteenOf(name)];
      const elsewhere = sets.get(name === 'medmcqa' ? 'medqa' : 'medmcqa')!;
      const leaks = items.map((item) => ({ item, key: hashSeed('planted', way, item.id) })).toSorted((a, b) => a.key - b.key)
        .flatMap(({ item, key }) => { const leak = plant({ item, others: items, elsewhere, seed: key }); return leak === undefined ? [] : [{ item, leak }]; }).slice(0, Number(flags.count));
      if (leaks.length === 0) continue;
      const found = leaks.map(({ item, leak }) => { const seen = all.look(leak); return { short: length(item) <= shortMax, kind: seen?.items.includes(item.id) ? seen.kind : undefined, dropped: filter.look(leak) !== undefined, alone: alone(leak) }; });
      const share = (some: typeof found, is: (one: (typeof found)[number]) => boolean): string => (some.length === 0 ? '–' : percent(some.filter(is).length / some.length));
      const [short, long] = [found.filter((one) => one.short), found.filter((one) => !one.short)];
      const kinds = leakKinds.map((kind) => ({ kind, count: found.filter((one) => one.kind === kind).length })).filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count);
      rows.push([way, name, `${short.length} + ${long.length}`, share(short, ({ kind }) => kind !== undefined), share(long, ({ kind }) => kind !== undefined), share(found, ({ dropped }) => dropped), share(found, (one) => one.alone), kinds.map(({ kind, count }) => `${kind} ${count}`).join(', ')]);
    }
  }
  return table(['planted', 'set', 'items: short + others', 'found: short', 'found: others', 'dropped by the filter', '13-grams alone', 'reported as'], rows);
}

const indexes = new Map<string, { readonly all: LeakIndex; readonly filter: LeakIndex }>();
function indexOf(name: string): { readonly all: LeakIndex; readonly filter: LeakIndex } {
  const known = indexes.get(name) ?? { all: new LeakIndex(sets.get(name)!), filter: new LeakIndex(sets.get(name)!, { kinds: filteredKinds }) };
  indexes.set(name, known);
  return known;
}
const grams = new Map<string, (question: QuestionRecord) => boolean>();
function thirteenOf(name: string): (question: QuestionRecord) => boolean {
  const known = grams.get(name) ?? thirteenGrams(sets.get(name)!);
  grams.set(name, known);
  return known;
}

/** What is flagged of one set against another, which share no question. */
function across(): string {
  const rows = names.map((benchmark) => [benchmark, ...names.map((train) => {
    if (train === benchmark) return '–';
    const questions = sets.get(train)!;
    const { all, filter } = indexOf(benchmark);
    const count = (is: (question: QuestionRecord) => boolean): number => questions.filter(is).length;
    const counts = [count((question) => all.look(question) !== undefined), count((question) => filter.look(question) !== undefined), count(thirteenOf(benchmark))];
    return counts.every((one) => one === 0) ? '0' : counts.join(' / ');
  })]);
  return table(['against', ...names.map((name) => `${name} (${sets.get(name)!.length})`)], rows);
}

/** What is flagged of one half of a set against the other: pairs that a set has twice, and false alarms. */
function halves(): string {
  const rows = (['medqa', 'medmcqa', 'pubmedqa'] as const).map((name) => {
    const items = sets.get(name)!;
    const [even, odd] = [items.filter((_, at) => at % 2 === 0), items.filter((_, at) => at % 2 === 1)];
    const index = new LeakIndex(even);
    const alone = thirteenGrams(even);
    const flagged = odd.flatMap((question) => { const leak = index.look(question); return leak === undefined ? [] : [{ question, leak }]; });
    if (flags.show) for (const { question, leak } of flagged) console.error(`${leak.kind} ${leak.share.toFixed(2)} ${question.id}\n    ${JSON.stringify(question.prompt.text)}\n    ${JSON.stringify(even.find(({ id }) => id === leak.items[0])!.prompt.text)}`);
    const kinds = leakKinds.map((kind) => ({ kind, count: flagged.filter(({ leak }) => leak.kind === kind).length })).filter(({ count }) => count > 0);
    return [name, `${odd.length} against ${even.length}`, flagged.length, kinds.map(({ kind, count }) => `${kind} ${count}`).join(', ') || '–', odd.filter(alone).length];
  });
  return table(['set', 'questions', 'flagged', 'kinds', '13-grams alone'], rows);
}

/** Processor time and memory of the check of many questions: the sets again and again, each with another word in front and every seventh word another, so that few are leaks and none is the same twice. */
function scale(): string {
  const items = ['medqa', 'medmcqa', 'pubmedqa', 'drugdose'].flatMap((name) => sets.get(name)!);
  const spent = (since: NodeJS.CpuUsage): number => { const { user, system } = process.cpuUsage(since); return (user + system) / 1e6; };
  const before = process.memoryUsage().heapUsed;
  const began = process.cpuUsage();
  const index = new LeakIndex(items, { kinds: filteredKinds });
  const [built, kept] = [spent(began), process.memoryUsage().heapUsed - before];
  const wanted = Number(flags.scale);
  let [looked, flagged, words] = [0, 0, 0];
  const looking = process.cpuUsage();
  for (; looked < wanted; looked += 1) {
    const item = items[looked % items.length]!;
    const leaks = looked % 100 === 0;
    const text = leaks ? item.prompt.text : item.prompt.text.split(' ').map((word, at) => (at % 7 === 6 ? `other${looked}` : word)).join(' ');
    words += text.split(' ').length;
    if (index.look({ prompt: { text: `Again: ${text}` }, gold: leaks ? item.gold : { kind: 'open', answer: '' } }) !== undefined) flagged += 1;
  }
  const seconds = spent(looking);
  return `Index of ${items.length.toLocaleString('en')} items: ${built.toFixed(1)} s, ${Math.round(kept / 1e6)} MB. ${wanted.toLocaleString('en')} questions of ${Math.round(words / wanted)} words, ${percent(flagged / looked)} of them leaks: ${seconds.toFixed(1)} s of one core (the making of their texts included). Memory of the whole process with all sets: ${Math.round(process.memoryUsage.rss() / 1e6)} MB.`;
}

const texts = { planted: planted(), across: across(), halves: halves(), scale: scale() };
for (const text of Object.values(texts)) console.log(`\n${text}`);
console.log(`\nRuns of 13 words count from ${percent(leakRules.shareMin)} of an item.`);
if (flags.write) {
  const page = join(import.meta.dirname, '../../docs/contamination.md');
  let text = readFileSync(page, 'utf8');
  for (const [name, body] of Object.entries(texts)) {
    const [begin, end] = [`<!-- measured:${name} -->`, `<!-- /measured:${name} -->`];
    text = `${text.slice(0, text.indexOf(begin) + begin.length)}\n${body}\n${text.slice(text.indexOf(end))}`;
  }
  writeFileSync(page, text);
}
