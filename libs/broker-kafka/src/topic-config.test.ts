import { expect, test } from 'vitest';
import { kafkaName, retentionOf, topicConfig, topicProblems } from './topic-config.ts';

const spec = { name: 'trees', partitions: 8 } as const;

test('keeps what a broker would delete after 7 days, whatever its age and size', () => {
  for (const retention of ['forever', 'open-trees'] as const) expect(topicConfig({ ...spec, retention })).toMatchObject({ 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' });
});

test('a compacted topic deletes by key alone', () => {
  const config = topicConfig({ ...spec, retention: 'compacted' });
  expect(config['cleanup.policy']).toBe('compact');
  expect(Object.keys(config).filter((name) => name.startsWith('retention'))).toEqual([]);
});

test('every topic takes a tree of 8 MB with room for the batch around it', () => {
  for (const retention of ['forever', 'open-trees', 'compacted'] as const) expect(Number(topicConfig({ ...spec, retention })['max.message.bytes'])).toBeGreaterThanOrEqual(8 * 1024 * 1024 + 65_536);
});

test('a name begins with its run', () => {
  expect(kafkaName('first', 'trees')).toBe('first.trees');
});

test('a topic made by the table has no problem, and says again what it is for', () => {
  for (const retention of ['forever', 'open-trees', 'compacted'] as const) {
    const config = topicConfig({ ...spec, retention });
    expect(topicProblems({ ...spec, retention }, config)).toEqual([]);
    expect(retentionOf(config)).toBe(retention);
  }
});

test('each setting that would lose or refuse records is a problem with its value', () => {
  const config = topicConfig({ ...spec, retention: 'forever' });
  for (const [name, value] of Object.entries({ 'cleanup.policy': 'compact', 'retention.ms': '604800000', 'retention.bytes': '1000', 'max.message.bytes': '1048588' })) {
    const problems = topicProblems({ ...spec, retention: 'forever' }, { ...config, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${name} is ${value} and must be`);
  }
  expect(topicProblems({ ...spec, retention: 'compacted' }, config)).toEqual(['cleanup.policy is delete and must be compact']);
});
