import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokersOf, checkRunName, isKafka } from './kafka-settings.ts';
import { openClient } from './kafka-client.ts';

const wrong = (message: RegExp) => expect.objectContaining({ code: 'SETTING_INVALID', message: expect.stringMatching(message) as string });

describe('brokersOf', () => {
  it.each<readonly [string, readonly string[]]>([
    ['kafka://localhost:9092', ['localhost:9092']],
    ['kafka://a.example:9092,b.example:9093/', ['a.example:9092', 'b.example:9093']],
    ['kafka://[::1]:9092', ['[::1]:9092']],
  ])('reads %s', (address, hosts) => { expect(brokersOf(address)).toEqual(hosts); expect(isKafka(address)).toBe(true); });

  it.each<readonly [string, RegExp]>([
    ['kafka:localhost:9092', /is not an address/], ['kafka://', /is not an address/], ['kafka://localhost', /no host and port in "localhost"/],
    ['kafka://localhost:0', /in "localhost:0"/], ['kafka://localhost:65536', /in "localhost:65536"/], ['kafka://a:1,,b:2', /in ""/],
  ])('refuses %s', (address, message) => expect(() => brokersOf(address)).toThrowError(wrong(message)));

  it('shows nothing of an address that holds a user or password', () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-zA-Z0-9]{6,12}$/), (secret) => {
      try { brokersOf(`kafka://user:${secret}@host:9092`); expect.unreachable(); } catch (error) {
        expect(error).toMatchObject({ code: 'SETTING_INVALID' });
        expect(`${(error as Error).message} ${(error as { hint: string }).hint}`).not.toContain(secret);
      }
    }));
  });
});

describe('checkRunName', () => {
  it('takes what can begin the name of a topic, 100 characters at most', () => {
    for (const name of ['first', 'a.b', 'A_1-x', 'x'.repeat(100)]) expect(checkRunName(name)).toBe(name);
    for (const name of ['', '.hidden', 'ends.', 'two words', 'übung', 'x'.repeat(101), 'a/b']) expect(() => checkRunName(name), name).toThrowError(wrong(/cannot begin the names of topics/));
  });
});

describe('openClient', () => {
  it('asks for user and password together, and says neither', () => {
    const brokers = ['localhost:9092'];
    expect(() => openClient({ brokers, user: 'reader' })).toThrowError(wrong(/a user for the Kafka broker and no password/));
    expect(() => openClient({ brokers, password: 'secret' })).toThrowError(wrong(/^(?!.*secret).*a password for the Kafka broker and no user/));
  });
});
