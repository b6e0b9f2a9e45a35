// Users, passwords and TLS at a real broker: secrets come by environment or file and stand in no output, and what is refused says so with exit code 3.
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { connect as connectTls } from 'node:tls';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { kafkaUsers } from '../../../tools/kafka/broker-properties.ts';
import { freePort } from '../../../tools/kafka/free-port.ts';
import { findJava } from '../../../tools/kafka/set-up.ts';
import { startKafka, type RunningKafka } from '../../../tools/kafka/start-kafka.ts';
import { Workplace, questionLines, summaryOf, type Ended } from './testing/command-line.ts';
import { fewNodes } from './testing/kafka-run.ts';
import { startModelServer, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
let server: ModelServer, broker: RunningKafka, tlsPort: number, ca: string;

/** A broker with two more doors: TLS, and SASL behind TLS, with a certificate that it signed itself. */
beforeAll(async () => {
  const [port, controllerPort, tls] = [await freePort(), await freePort(), await freePort()];
  tlsPort = tls;
  const store = place.path('broker.p12'), keytool = join(dirname(await javaPath()), 'keytool'), call = promisify(execFile);
  await call(keytool, ['-genkeypair', '-alias', 'broker', '-keyalg', 'EC', '-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1,dns:localhost', '-validity', '2', '-storetype', 'PKCS12', '-keystore', store, '-storepass', 'keystore-secret']);
  ca = place.write('ca.pem', (await call(keytool, ['-exportcert', '-rfc', '-alias', 'broker', '-keystore', store, '-storepass', 'keystore-secret'])).stdout);
  [broker, server] = await Promise.all([startKafka({
    port, security: 'sasl', settings: {
      'listeners': `CLIENT://127.0.0.1:${port},TLS://127.0.0.1:${tls},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `CLIENT://127.0.0.1:${port},TLS://127.0.0.1:${tls}`,
      'listener.security.protocol.map': 'CLIENT:SASL_PLAINTEXT,TLS:SASL_SSL,CONTROLLER:PLAINTEXT',
      'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
      'listener.name.tls.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${Object.entries(kafkaUsers).map(([user, password]) => `user_${user}="${password}"`).join(' ')};`,
      'listener.name.tls.ssl.keystore.type': 'PKCS12', 'listener.name.tls.ssl.keystore.location': store, 'listener.name.tls.ssl.keystore.password': 'keystore-secret', 'listener.name.tls.ssl.key.password': 'keystore-secret',
    },
  }), startModelServer()]);
  place.write('cases.jsonl', questionLines(2));
  place.write('password', `${kafkaUsers.slowthink}\n`);
});
afterAll(async () => { await broker?.stop(); await server?.close(); place.close(); });

const javaPath = async (): Promise<string> => {
  const { java } = await findJava();
  if (java !== 'java') return java;
  const { stderr } = await promisify(execFile)('java', ['-XshowSettings:properties', '-version']);
  return join(/java\.home = (.+)/.exec(stderr)![1]!.trim(), 'bin', 'java');
};

const at = (port: number, run: string): readonly string[] => ['--broker', `kafka://127.0.0.1:${port}`, '--run', run];
const begin = (dir: string, port: number, env: { readonly [name: string]: string }): Promise<Ended> => // a run of the folder's name
  place.run(['run', ...at(port, dir), '--dir', dir, '--policy', server.policy, '--preset', 'laptop', '--partitions', '2', '--questions', 'cases.jsonl', '--json'], { ...fewNodes, ...env });
const status = (port: number, env: { readonly [name: string]: string }): Promise<Ended> => place.run(['status', ...at(port, 'right'), '--dir', 'elsewhere'], env);

const named = { SLOWTHINK_KAFKA_USER: 'slowthink' } as const;
const right = { ...named, SLOWTHINK_KAFKA_PASSWORD: kafkaUsers.slowthink } as const;
const fromFile = { ...named, SLOWTHINK_KAFKA_PASSWORD_FILE: place.path('password') } as const;
const secrets = [...Object.values(kafkaUsers), 'wrong-secret'];

/** No secret in what was printed or written. */
function expectNoSecret(...all: readonly Ended[]): void {
  for (const { stdout, stderr } of all) for (const secret of secrets) expect(`${stdout}${stderr}`).not.toContain(secret);
  for (const file of readdirSync(place.folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile() && one.name !== 'password' && one.name !== 'broker.p12')) {
    const content = readFileSync(join(file.parentPath, file.name));
    for (const secret of secrets) expect(content.includes(secret), file.name).toBe(false);
  }
}

describe('a broker that asks who comes', () => {
  it('lets the right password in, by environment and by file, over plain connections and TLS; it stands nowhere', async () => {
    const ended = await begin('right', broker.port, right);
    expect(ended.code, ended.stderr).toBe(0);
    expect(summaryOf(ended)).toMatchObject({ trees: 2, faults: {} });
    const by = await Promise.all([status(broker.port, fromFile), status(tlsPort, { ...fromFile, SLOWTHINK_KAFKA_CA: ca })]);
    for (const { code, stdout, stderr } of by) { expect(code, stderr).toBe(0); expect(stdout).toContain(`Policy hash@`); }
    const explained = await place.run(['run', '--explain', ...at(broker.port, 'right'), '--dir', 'right'], right);
    expect(explained.code, explained.stderr).toBe(0);
    expect(explained.stdout).toMatch(/kafka\.user\s.*slowthink/);
    expectNoSecret(ended, ...by, explained);
  });

  it('refuses a wrong password, an unknown user, no user at all and a mechanism it does not have: exit code 3', async () => {
    const wrong = await Promise.all([
      begin('wrong', broker.port, { ...named, SLOWTHINK_KAFKA_PASSWORD: 'wrong-secret' }),
      begin('unknown', broker.port, { SLOWTHINK_KAFKA_USER: 'stranger', SLOWTHINK_KAFKA_PASSWORD: 'wrong-secret' }),
      begin('other', broker.port, { ...right, SLOWTHINK_KAFKA_MECHANISM: 'scram-sha-512' }),
    ]);
    for (const { code, stderr } of wrong) { expect(code, stderr).toBe(3); expect(stderr).toContain('BROKER_UNAUTHORIZED'); }
    const [nobody, half] = await Promise.all([begin('anonymous', broker.port, {}), begin('half', broker.port, named)]);
    expect(nobody.code, nobody.stderr).toBe(3);
    expect(nobody.stderr).toMatch(/BROKER_(UNREACHABLE|UNAUTHORIZED)/);
    expect(half.code).toBe(2);
    expect(half.stderr).toContain('SETTING_INVALID There is a user for the Kafka broker and no password.');
    expectNoSecret(...wrong, nobody, half);
  });

  it('names the right that a known user lacks: topics, then transactional ids, then groups', async () => {
    const nobody = { SLOWTHINK_KAFKA_USER: 'nobody', SLOWTHINK_KAFKA_PASSWORD: kafkaUsers.nobody } as const;
    const admin = new kafkajs.Kafka({ brokers: [broker.bootstrap], logLevel: kafkajs.logLevel.NOTHING, sasl: { mechanism: 'plain', username: 'slowthink', password: kafkaUsers.slowthink } }).admin();
    await admin.connect();
    const { AclResourceTypes: { TOPIC, TRANSACTIONAL_ID }, AclOperationTypes: { ALL }, AclPermissionTypes: { ALLOW }, ResourcePatternTypes: { PREFIXED } } = kafkajs;
    const grant = (resourceType: typeof TOPIC | typeof TRANSACTIONAL_ID) => admin.createAcls({ acl: [{ resourceType, resourceName: 'nobody.', resourcePatternType: PREFIXED, principal: 'User:nobody', host: '*', operation: ALL, permissionType: ALLOW }] });
    try {
      const none = await begin('nobody', broker.port, nobody);
      await grant(TOPIC);
      const topics = await begin('nobody', broker.port, nobody);
      await grant(TRANSACTIONAL_ID);
      const ids = await begin('nobody', broker.port, nobody);
      for (const { code, stderr } of [none, topics, ids]) { expect(code, stderr).toBe(3); expect(stderr).toContain('BROKER_UNAUTHORIZED'); }
      expect(none.stderr).toContain('TOPIC_AUTHORIZATION_FAILED');
      expect(topics.stderr).toContain('TRANSACTIONAL_ID_AUTHORIZATION_FAILED');
      expect(ids.stderr).toContain('GROUP_AUTHORIZATION_FAILED');
      expectNoSecret(none, topics, ids);
    } finally { await admin.disconnect(); }
  });
});

describe('TLS', () => {
  it('is refused by a plain port, and a plain client by a TLS port; a certificate that nobody vouches for is named', async () => {
    const [toPlain, toTls, stranger] = await Promise.all([
      status(Number(inject('kafka').split(':')[1]), { SLOWTHINK_KAFKA_TLS: 'true' }), status(tlsPort, right), status(tlsPort, { ...right, SLOWTHINK_KAFKA_TLS: 'true' }),
    ]);
    for (const { code, stderr } of [toPlain, toTls, stranger]) { expect(code, stderr).toBe(3); expect(stderr).toContain('BROKER_UNREACHABLE'); }
    expect(toPlain.stderr).toMatch(/kafka\.tls/);
    expect(toTls.stderr).toMatch(/kafka\.tls/);
    expect(stranger.stderr).toMatch(/certificate/);
    const missing = await status(tlsPort, { ...right, SLOWTHINK_KAFKA_CA: 'no-such.pem' });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('no-such.pem cannot be read');
    expectNoSecret(toPlain, toTls, stranger, missing);
  });

  it('is what the listener of this test speaks', async () => { // else the tests above would show nothing
    const socket = connectTls({ host: '127.0.0.1', port: tlsPort, ca: readFileSync(ca) });
    await new Promise<void>((resolve, reject) => { socket.once('secureConnect', resolve); socket.once('error', reject); });
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });
});
