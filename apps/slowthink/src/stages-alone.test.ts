// Each stage is a program of its own on the same folder: run in turns they come to the bytes of all in one process, and a data set is made again from the topics without a model.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { previewRows } from '@slowthink/tables';
import { Workplace, questionLines, sealedFiles, smallRun, summaryOf, type Summary } from './testing/command-line.ts';
import { startModelServer, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
let server: ModelServer;
let undisturbed: ReturnType<typeof sealedFiles>;
let requests: number;
const few = { SLOWTHINK_SEARCH_NODES_MAX: '3', SLOWTHINK_SEARCH_SIMULATION_MIN: '6' }; // few turns, values of many kinds
const short = { ...few, SLOWTHINK_STREAM_SNAPSHOT_RECORDS: '1', SLOWTHINK_STREAM_RETENTION: '0' }; // trees are written again at once, and nothing is kept that no stage needs

beforeAll(async () => {
  server = await startModelServer();
  place.write('cases.jsonl', questionLines(4));
  const ended = await place.run(smallRun(server.policy, 'whole', '--questions', 'cases.jsonl'), few);
  expect(ended.code, ended.stderr).toBe(0);
  undisturbed = sealedFiles(place.path('whole/dataset'));
  requests = summaryOf(ended).requests;
});
afterAll(async () => { await server.close(); place.close(); });

const alone = async (stage: string): Promise<Summary> => {
  const ended = await place.run([...smallRun(server.policy, 'turns').slice(0, 1), stage, ...smallRun(server.policy, 'turns').slice(1)], short);
  expect(ended.code, ended.stderr).toBe(0);
  return summaryOf(ended);
};

describe('stages run alone', () => {
  it('work on what is in the file and end: a rollout with nothing to do ends at once, and turns come to the bytes of one process, with snapshots, and old events deleted', async () => {
    expect((await place.run(['import', '--questions', 'cases.jsonl', '--dir', 'turns', '--partitions', '2'])).code).toBe(0);
    expect(await alone('rollout')).toMatchObject({ stages: { rollout: { in: 0, ok: 0 } }, requests: 0, dataset: null });
    let asked = 0;
    for (let turn = 0, moved = true; moved; turn++) {
      const expand = await alone('expand');
      const rollout = await alone('rollout');
      asked += expand.requests + rollout.requests;
      moved = expand.requests + rollout.requests > 0;
      if (turn === 1) expect((await place.run(['inspect', 'tree', 'cases/train/q3', '--dir', 'turns'])).stdout).toMatch(/^Still open: cases\/train\/q3.* 5 nodes/); // a snapshot of it stands in the log
      expect(expand.stages['expand']!.in).toBe(4);
      expect(Object.keys(expand.stages)).toEqual(['expand']);
      expect(turn).toBeLessThan(12);
    }
    expect(asked).toBe(requests); // nothing was asked twice
    expect((await alone('label')).stages['label']).toMatchObject({ in: 4, failed: 0 });
    expect((await alone('shard')).stages['shard']!.failed).toBe(0);
    const sealed = await place.run(['seal', '--dir', 'turns', '--json']);
    expect(sealed.code, sealed.stderr).toBe(0);
    expect(sealedFiles(place.path('turns/dataset'))).toEqual(undisturbed);

    const events = await place.run(['rebuild', '--dir', 'turns', '--from', 'events']);
    expect(events).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/EVENTS_DELETED The first \d+ events of expansions\/\d were deleted.* slowthink rebuild --from trees/) });
    const all = await place.run(smallRun(server.policy, 'turns'), few);
    expect(summaryOf(all)).toMatchObject({ requests: 0, trees: 4 });
    expect(sealedFiles(place.path('turns/dataset'))).toEqual(undisturbed);
  });
});

describe('rebuild', () => {
  it('makes the same data set again, from trees and from events, and another one with other labels, with the server off', async () => {
    await server.close();
    const soft = await place.run(['rebuild', '--dir', 'whole', '--out', place.path('soft')]);
    expect(soft.code, soft.stderr).toBe(0);
    expect(sealedFiles(place.path('soft'))).toEqual(undisturbed);
    const events = await place.run(['rebuild', '--dir', 'whole', '--from', 'events', '--out', place.path('events')]);
    expect(events.code, events.stderr).toBe(0);
    expect(sealedFiles(place.path('events'))).toEqual(undisturbed);

    const hard = await place.run(['rebuild', '--dir', 'whole', '--labels', 'hard', '--json']);
    expect(hard.code, hard.stderr).toBe(0);
    const [before, rows] = [await previewRows(place.path('whole/dataset'), 'prm', 1000), await previewRows(place.path('whole/rebuilt/hard'), 'prm', 1000)];
    expect(rows.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(rows.map(({ values }) => values)).toEqual(before.map(({ values }) => values)); // the soft value stays, whatever the recipe
    expect(new Set(rows.flatMap(({ values }) => values)).size).toBeGreaterThan(2);
    for (const { labels, values, labels_recipe: recipe } of rows) expect([recipe, labels]).toEqual(['hard', values.map((value) => value > 0.5)]);
    expect(sealedFiles(place.path('whole/dataset'))).toEqual(undisturbed); // nothing of the run changed
    server = await startModelServer();
  });

  it('gives other label settings a folder of their own, and pairs where they are asked for', async () => {
    const flags = ['--labels', 'hard', '--pairs', 'siblings', 'leaf', '--pair-threshold', '0.3', '--keep-top', '1'];
    const ended = await place.run(['rebuild', '--dir', 'whole', ...flags, '--json']);
    expect(ended.code, ended.stderr).toBe(0);
    const report = JSON.parse(ended.stdout) as { readonly path: string; readonly rows: { readonly [kind: string]: number }; readonly pairs: number };
    expect(report.path).toMatch(/rebuilt\/hard-[0-9a-f]{8}$/); // rebuilt/hard holds those of the recipe alone
    expect(report.rows['preference']! + report.rows['preference_steps']!).toBe(report.pairs);
    expect(report.pairs).toBeGreaterThan(0);
    const pairs = [...await previewRows(report.path, 'preference', 1000), ...await previewRows(report.path, 'preference_steps', 1000)];
    expect(pairs).toHaveLength(report.pairs);
    for (const { gap, pair_kind: kind, labels_recipe: recipe } of pairs) { expect(gap).toBeGreaterThan(0.3); expect(['siblings', 'leaf']).toContain(kind); expect(recipe).toBe('hard'); }
    expect((await place.run(['rebuild', '--dir', 'whole', ...flags, '--label-threshold', '0.6', '--json'])).stdout).not.toContain(report.path);
  });

  it('names the label recipes there are', async () => {
    const ended = await place.run(['rebuild', '--dir', 'whole', '--labels', 'medium']);
    expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('SETTING_INVALID labels.recipe is "medium" (flag --labels); allowed: one of soft, hard, hard-rise, dual-sided, dual-sided-clamped, or none.') });
  });
});

describe('inspect', () => {
  it('shows topics, a tree by its question, and says so where there is none', async () => {
    const topics = await place.run(['inspect', 'topics', '--dir', 'whole']);
    expect(topics.stdout).toMatch(/^ {2}trees +\d+ +label 0$/m);
    expect(topics.stdout).toMatch(/^ {2}questions +\d+ +expand 0$/m);
    const tree = await place.run(['inspect', 'tree', 'cases/train/q2', '--dir', 'whole']);
    expect(tree.stdout).toContain('cases/train/q2');
    expect(tree.stdout).toContain('The answer is');
    const none = await place.run(['inspect', 'tree', 'cases/train/q9', '--dir', 'whole']);
    expect(none).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('No tree and no question has the id cases/train/q9.') });
    expect((await place.run(['inspect', 'faults', '--dir', 'whole'])).stdout).toBe('No faults.\n');
  });
});
