import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runProgram, SetUpError } from '../node/run-program.ts';

export { SetUpError };

const here = import.meta.dirname;
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'slowthink', 'kafka'); // outside the repository: every checkout uses the same 44 MB
const javaMin = 17;

/** What a broker needs of this machine. */
export interface KafkaHome {
  readonly java: string;
  /** As `java -version` tells it: archives of classes fit one build only. */
  readonly javaVersion: string;
  readonly classpath: string;
  /** Holds the jars (lib) and what is made of them. */
  readonly folder: string;
}

/** The first Java that is new enough: of JAVA_HOME, then of the PATH. Throws SetUpError. */
export async function findJava(candidates: readonly string[] = [...(process.env['JAVA_HOME'] ? [join(process.env['JAVA_HOME'], 'bin', 'java')] : []), 'java']): Promise<{ readonly java: string; readonly javaVersion: string }> {
  const seen: string[] = [];
  for (const java of candidates) {
    const { code, output } = await runProgram(java, ['-version']);
    const version = /version "(?:1\.)?(\d+)[^"]*"/.exec(output); // 1.8 was the last with a "1."
    if (code !== 0 || version === null) continue;
    if (Number(version[1]) >= javaMin) return { java, javaVersion: output };
    seen.push(`${java} is ${version[1]}`);
  }
  throw new SetUpError(`Kafka needs Java ${javaMin} or newer${seen.length > 0 ? ` (${seen.join(', ')})` : '; there is no java on the PATH'}. Install it and try again; with Docker: docker compose -f tools/kafka/compose.yaml up.`);
}

/** The jars of pom.xml, copied once into the cache of the user by Maven; a change of pom.xml copies again. The folder gets its name last, so that what was interrupted is done again. Throws SetUpError. */
export async function setUp(say: (line: string) => void, options: { readonly folder?: string; readonly pomFile?: string; readonly javas?: readonly string[]; readonly maven?: string } = {}): Promise<KafkaHome> {
  const { folder = cache, pomFile = join(here, 'pom.xml'), javas, maven = 'mvn' } = options;
  const found = await findJava(javas);
  const made = join(folder, createHash('sha256').update(readFileSync(pomFile)).digest('hex').slice(0, 12));
  if (!existsSync(made)) {
    const making = `${made}.${process.pid}`;
    mkdirSync(folder, { recursive: true });
    try {
      say('Setting up Kafka (44 MB, once) …');
      const copied = await runProgram(maven, ['--quiet', '--batch-mode', '--file', pomFile, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(making, 'lib')}`]);
      if (copied.code === null) throw new SetUpError(`Kafka's jars are copied by Maven, and there is no ${maven} on the PATH (${copied.output}). Install it and try again; with Docker: docker compose -f tools/kafka/compose.yaml up.`);
      if (copied.code !== 0) throw new SetUpError(`Maven could not copy the jars of ${pomFile}. Check the connection to the Maven repository.\n${copied.output}`);
      try { renameSync(making, made); } catch (error) { if (!existsSync(made)) throw error; } // another process was first: its work is the same
    } finally { rmSync(making, { recursive: true, force: true }); }
  }
  const lib = join(made, 'lib');
  const classpath = readdirSync(lib).filter((name) => name.endsWith('.jar')).sort().map((name) => join(lib, name)).join(process.platform === 'win32' ? ';' : ':'); // in one order: an archive of classes fits one class path
  return { ...found, classpath, folder: made };
}
