import { open } from 'node:fs/promises';
import { AsyncByteQueue, RecordBatchFileWriter, type Schema } from 'apache-arrow';
import { guardedColumns, withoutGuard } from './column-sql.ts';
import type { DuckDbSession } from './duckdb-session.ts';
import { batchOf, type Row } from './record-batch.ts';

/** Writes the rows of `FROM {source}` (a table, a condition and a total order) as one Arrow IPC file under the declared schema. Memory: one batch of at most 2,048 rows. */
export async function writeArrowFile(session: DuckDbSession, source: string, path: string, schema: Schema): Promise<void> {
  const sink = new DrainedSink();
  const writer = new RecordBatchFileWriter().reset(sink, schema);
  const handle = await open(path, 'w');
  try {
    await session.alone(async () => {
      for await (const rows of session.batches(`SELECT ${guardedColumns(schema)} FROM ${source}`)) {
        writer.write(batchOf(schema, withoutGuard(rows) as readonly Row[]));
        await handle.writeFile(sink.drain());
      }
    });
    writer.close();
    await handle.writeFile(sink.drain());
  } finally { await handle.close(); }
}

// Arrow's writer pushes without waiting; taking everything after each batch keeps one batch in memory.
class DrainedSink extends AsyncByteQueue {
  #chunks: Uint8Array[] = [];

  override write(value: Parameters<AsyncByteQueue['write']>[0]): void {
    this.#chunks.push(value as Uint8Array);
  }

  drain(): readonly Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}
