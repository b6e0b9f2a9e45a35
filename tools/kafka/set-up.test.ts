import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findJava, setUp, SetUpError } from './set-up.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-kafka-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
const java = (version: string): string => program(`java-${version}`, `echo 'openjdk version "${version}" 2025-04-15' >&2`);

/** A Maven that copies one jar to -DoutputDirectory, and says so in a file. */
const maven = (): string => program('mvn', `for word; do case $word in -DoutputDirectory=*) dir=\${word#*=};; esac; done; mkdir -p "$dir"; echo jar > "$dir/kafka.jar"; echo "$@" >> ${folder}/asked`);

test('takes the first Java that is new enough', async () => {
  const eight = java('1.8.0_402'), eleven = java('11.0.2'), good = java('17.0.15'), early = java('26-ea');
  expect(await findJava([join(folder, 'absent'), eight, eleven, good])).toEqual({ java: good, javaVersion: expect.stringContaining('"17.0.15"') });
  expect(await findJava([early])).toMatchObject({ java: early });
});

test('without Java, or with an old one, says what is needed', async () => {
  await expect(findJava([join(folder, 'absent')])).rejects.toThrow('Kafka needs Java 17 or newer; there is no java on the PATH. Install it and try again');
  const eight = java('1.8.0_402'), eleven = java('11.0.2');
  await expect(findJava([eight, eleven])).rejects.toThrow(`Kafka needs Java 17 or newer (${eight} is 8, ${eleven} is 11). Install it`);
});

test('without Maven says what is needed', async () => {
  const fault = await setUp(() => {}, { folder: join(folder, 'cache'), javas: [java('17')], maven: join(folder, 'absent') }).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(SetUpError);
  expect((fault as SetUpError).message).toContain(`Kafka's jars are copied by Maven, and there is no ${join(folder, 'absent')} on the PATH`);
});

test('a failing Maven is an error with what it said, and what it left half done is done again', async () => {
  const cache = join(folder, 'cache'), pomFile = join(folder, 'pom.xml'), javas = [java('17')];
  writeFileSync(pomFile, '<project/>');
  const failing = program('failing', 'for word; do case $word in -DoutputDirectory=*) mkdir -p "${word#*=}"; echo half > "${word#*=}/half.jar";; esac; done; echo "[ERROR] no route to the repository"; exit 1');
  const fault = await setUp(() => {}, { folder: cache, pomFile, javas, maven: failing }).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(SetUpError);
  expect((fault as SetUpError).message).toContain('[ERROR] no route to the repository');
  expect(readdirSync(cache)).toEqual([]);
  expect((await setUp(() => {}, { folder: cache, pomFile, javas, maven: maven() })).classpath).toMatch(/\/lib\/kafka\.jar$/);
});

test('jars are copied once, and again for another pom.xml', async () => {
  const pomFile = join(folder, 'pom.xml'), said: string[] = [], options = { folder: join(folder, 'cache'), pomFile, javas: [java('17')], maven: maven() };
  writeFileSync(pomFile, '<project/>');
  const first = await setUp((line) => { said.push(line); }, options);
  expect(existsSync(first.classpath)).toBe(true);
  expect(await setUp((line) => { said.push(line); }, { ...options, maven: join(folder, 'absent') })).toEqual(first);
  expect(said).toEqual(['Setting up Kafka (44 MB, once) …']);
  writeFileSync(pomFile, '<project></project>');
  expect((await setUp(() => {}, options)).folder).not.toBe(first.folder);
  expect(readFileSync(join(folder, 'asked'), 'utf8').trimEnd().split('\n')).toHaveLength(2);
});
