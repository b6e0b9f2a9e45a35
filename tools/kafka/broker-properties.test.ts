import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { brokerProperties, singleBroker } from './broker-properties.ts';

const place = { port: 9092, controllerPort: 9093, dir: '/data', security: 'plaintext', settings: {} } as const;

test('compose.yaml gives a container the same settings', () => {
  const compose = Object.fromEntries([...readFileSync(join(import.meta.dirname, 'compose.yaml'), 'utf8').matchAll(/^ {6}(KAFKA_\w+): "?([^"\n]*)"?$/gm)].map(([, name, value]) => [name, value]));
  expect(compose).toMatchObject(Object.fromEntries(Object.entries(singleBroker).map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, value])));
});

test('a setting that is asked for wins', () => {
  expect(brokerProperties(place)).toContain('\nmessage.max.bytes=10485760\n');
  const lines = brokerProperties({ ...place, settings: { 'message.max.bytes': '1000', 'log.roll.ms': '5' } }).split('\n');
  expect(lines.filter((line) => /^(message\.max\.bytes|log\.roll\.ms)=/.test(line))).toEqual(['message.max.bytes=1000', 'log.roll.ms=5']);
});

test('only the SASL broker asks who you are', () => {
  expect(brokerProperties(place)).not.toMatch(/sasl|authorizer/i);
  expect(brokerProperties({ ...place, security: 'sasl' })).toContain('listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT\n');
});
