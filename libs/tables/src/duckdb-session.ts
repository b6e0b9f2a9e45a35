import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

export interface SessionSettings {
  /** Folder for what does not fit in memory; the caller deletes it. */
  readonly folder: string;
  readonly threads?: number | undefined;
  /** DuckDB's memory_limit, 1,000 unless given; writing row groups takes up to about 1 GB more. */
  readonly memoryMb?: number | undefined;
}

// A thread that sorts wide rows needs this much to get on by spilling; with less it fails instead.
const memoryMbPerThread = 500;

export type SqlRow = { readonly [column: string]: unknown };

/** A connection to a DuckDB of its own, without extensions from the network. */
export class DuckDbSession {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #threads: number;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, threads: number) {
    this.#instance = instance;
    this.#connection = connection;
    this.#threads = threads;
  }

  /** Uses fewer threads than asked for where the memory is too small for them. */
  static async open({ folder, threads: threadsMax = Math.min(4, availableParallelism()), memoryMb = 1_000 }: SessionSettings): Promise<DuckDbSession> {
    const threads = Math.max(1, Math.min(threadsMax, Math.floor(memoryMb / memoryMbPerThread)));
    const { DuckDBInstance: Instance } = await import('@duckdb/node-api'); // a fifth of a second and 40 MB: loaded where something is sealed
    const instance = await Instance.create(':memory:', {
      threads: String(threads), memory_limit: `${memoryMb}MB`, temp_directory: join(folder, 'spill'), autoinstall_known_extensions: 'false', autoload_known_extensions: 'false',
    });
    return new DuckDbSession(instance, await instance.connect(), threads);
  }

  async run(sql: string): Promise<void> { await this.#connection.run(sql); }

  async rows(sql: string): Promise<readonly SqlRow[]> { return (await this.#connection.runAndReadAll(sql)).getRowObjectsJS(); }

  async row(sql: string): Promise<SqlRow> { return (await this.rows(sql))[0]!; }

  /** Runs `work` on one thread: whatever it writes cannot depend on how threads share it. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    await this.run('SET threads = 1');
    try { return await work(); } finally { await this.run(`SET threads = ${this.#threads}`); }
  }

  /** Batches of at most 2,048 rows in order; holds one batch at a time. Nothing else may run on the session meanwhile. */
  async *batches(sql: string): AsyncGenerator<readonly SqlRow[]> { yield* (await this.#connection.stream(sql)).yieldRowObjectJs(); }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}
