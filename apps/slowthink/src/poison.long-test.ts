// 100,000 records of a real run, mutated by a seed and put into the topics that stages read: each is a valid record or a fault with its place, and no stage falls over.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBroker } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { decodeRecord, topics, type FaultRecord, type Topic } from '@slowthink/records';
import { checkLedgers } from '@slowthink/runtime';
import { emptyLedger } from '@slowthink/stream';
import { scanTopic } from '@slowthink/wiring';
import { afterAll, describe, expect, it } from 'vitest';
import { contents, hashPolicy, putQuestions, question, startStream } from './testing/stream-in-memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-poison-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const partitions = 2;
const each = 20_000; // a topic
const poisoned = [topics.questions, topics.expansions, topics.rollouts, topics.trees, topics.trajectories] as const;
const spares = /"(?:id|questionId|treeId)":"[^"]*"/g;

/** The same numbers for the same seed (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One to three changes of a record: of its bytes, or of its JSON. A record that would be valid is one of no tree of the run. */
function mutated(text: string, pick: (below: number) => number): string {
  let bad = text.replaceAll(spares, (match) => match.replace(/:"/, `:"foreign-${pick(1e6)}-`));
  for (let left = 1 + pick(3); left > 0; left--) {
    const at = pick(bad.length + 1), far = Math.min(bad.length, at + pick(40));
    switch (pick(9)) {
      case 0: bad = bad.slice(0, at); break;
      case 1: bad = bad.slice(0, at) + bad.slice(far); break;
      case 2: bad = bad.slice(0, at) + String.fromCharCode(pick(65_536)) + bad.slice(at + 1); break;
      case 3: bad = bad.slice(0, at) + bad.slice(at, far).repeat(2) + bad.slice(far); break;
      case 4: bad = bad.replace(/"v":1/, `"v":${pick(5)}`); break;
      case 5: bad = bad.replace(/:(-?\d+)/, () => `:${['-1', '1e400', 'null', '"1"', '0.5', '9007199254740993'][pick(6)]}`); break;
      case 6: bad = bad.replace(/"type":"\w+"/, `"type":"${['tree', 'end', 'rollout', '__proto__', ''][pick(5)]}"`); break;
      case 7: bad = bad.replace(/,"\w+":/, () => `,"${['x', '__proto__', 'constructor', 'v'][pick(4)]}":`); break;
      default: bad = `${bad}${['', ' ', '\0', '}', '\uFEFF'][pick(5)]}`;
    }
  }
  return bad;
}

/** Whether a text is what it should be, or RECORD_INVALID; anything else is thrown. An end is kept out: it would end a run. */
function verdictOf(text: string, topic: Topic): 'valid' | 'invalid' | 'end' {
  try { return decodeRecord(text, topic.types).type === 'end' ? 'end' : 'valid'; } catch (error) {
    if (error instanceof FaultError && error.code === 'RECORD_INVALID') return 'invalid';
    throw error;
  }
}

describe('100,000 mutated records', () => {
  it('are valid or in faults with code and place, each once; the questions of the run come to the same trees and chains', async () => {
    const questions = Array.from({ length: 6 }, (_, index) => question(index));
    const first = new MemoryBroker();
    await putQuestions(first, questions, partitions);
    checkLedgers(await (await startStream({ broker: first, policy: hashPolicy(), partsFolder: join(folder, 'first') })).over);
    const clean = { trees: await contents(first, topics.trees), trajectories: await contents(first, topics.trajectories) };

    const pick = numbers(20_501);
    const broker = new MemoryBroker();
    await putQuestions(broker, questions, partitions);
    const running = await startStream({ broker, policy: hashPolicy(), partsFolder: join(folder, 'second'), until: 'follow' });
    const wanted = clean.trajectories.length;
    while ((await contents(broker, topics.trajectories)).length < wanted) await new Promise((resolve) => setTimeout(resolve, 20)); // each stage stands somewhere: its outputs are its own
    const stranger = await broker.claim('stranger', 0);
    const bad = new Map<string, number>(), offered = new Map<string, number>();
    for (const topic of poisoned) {
      const real = await contents(first, topic);
      const outputs: { readonly topic: string; readonly partition: number; readonly key: string; readonly value: string }[] = [];
      for (let made = 0; made < each;) {
        const value = mutated(real[pick(real.length)]!, pick), verdict = verdictOf(value, topic);
        if (verdict === 'end') continue;
        made++;
        offered.set(verdict, (offered.get(verdict) ?? 0) + 1);
        if (verdict === 'valid') continue; // a forged record that is valid is no bad input: rights keep it out
        bad.set(topic.name, (bad.get(topic.name) ?? 0) + 1);
        outputs.push({ topic: topic.name, partition: pick(partitions), key: `foreign-${made}`, value });
      }
      for (let at = 0; at < outputs.length; at += 1000) await stranger.commit({ outputs: outputs.slice(at, at + 1000), progress: { type: 'progress', v: 1, stage: 'stranger', partition: 0, positions: {}, restore: {}, ledger: emptyLedger, notes: {} } });
    }
    const expected = [...bad.values()].reduce((sum, count) => sum + count, 0);
    const ends = async (): Promise<number> => (await broker.ranges(topics.faults.name)).reduce((sum, { end }) => sum + end, 0);
    while (await ends() < expected) await new Promise((resolve) => setTimeout(resolve, 100));
    running.drain();
    checkLedgers(await running.over);

    const faults = (await contents(broker, topics.faults)).map((text) => JSON.parse(text) as FaultRecord);
    expect(faults).toHaveLength(expected);
    expect(new Set(faults.map(({ place }) => place)).size).toBe(expected);
    expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(['RECORD_INVALID']));
    for (const [name, count] of bad) expect(faults.filter(({ place }) => place.startsWith(`${name}/`)), name).toHaveLength(count);
    const kept = async (topic: Topic): Promise<readonly string[]> => {
      const all: string[] = [];
      for await (const { value } of scanTopic(broker, topic)) if (verdictOf(value, topic) === 'valid') all.push(value);
      return all.sort();
    };
    expect(await kept(topics.trees)).toEqual(clean.trees);
    expect(await kept(topics.trajectories)).toEqual(clean.trajectories);
    expect(expected).toBeGreaterThan(80_000);
    expect((offered.get('valid') ?? 0) + expected).toBe(100_000);
  });
});
