import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askCluster } from './ask-cluster.ts';
import { brokerProperties } from './broker-properties.ts';
import { freePort } from './free-port.ts';
import { formatData, startBroker } from './launch.ts';
import type { KafkaHome } from './set-up.ts';

/** Classes as the JVM holds them, kept in a file that starts map instead of reading jars. Made once for each build of Java, from a broker that runs for a moment.
 * Never rejects: without an archive a start is slower, and what failed once is not tried again. Java itself ignores an archive that does not fit. */
export async function classArchive(home: KafkaHome, say: (line: string) => void): Promise<string | undefined> {
  const archive = join(home.folder, `classes-${createHash('sha256').update(home.javaVersion).digest('hex').slice(0, 12)}.jsa`);
  if (!existsSync(archive)) {
    say('Making later starts of Kafka faster (once) …');
    const making = `${archive}.${process.pid}`;
    try {
      await dump(home, making);
      if (existsSync(making)) renameSync(making, archive); else writeFileSync(archive, ''); // empty: tried
    } catch { /* a read-only cache: next time again */ } finally { rmSync(making, { force: true }); }
  }
  return existsSync(archive) && statSync(archive).size > 0 ? archive : undefined;
}

/** Lets a broker answer, and end; Java writes the classes it used as it goes. */
async function dump(home: KafkaHome, archive: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'slowthink-kafka-')), port = await freePort();
  try {
    writeFileSync(join(dir, 'server.properties'), brokerProperties({ port, controllerPort: await freePort(), dir, security: 'plaintext', settings: {} }));
    await formatData(home, dir);
    const broker = startBroker(home, dir, { java: [`-XX:ArchiveClassesAtExit=${archive}`], orphan: dir });
    for (let waited = 0; !broker.over && !(await askCluster(port)) && waited < 600; waited++) await new Promise((done) => setTimeout(done, 100));
    await broker.stop(60_000);
  } finally { rmSync(dir, { recursive: true, force: true }); }
}
