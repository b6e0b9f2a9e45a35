import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

export interface SessionSettings {
  /** Folder for the database file and what does not fit in memory; the caller deletes it. */
  readonly folder: string;
  readonly threads?: number | undefined;
  /** DuckDB's memory_limit, for example '2GB'. */
  readonly memoryLimit?: string | undefined;
}

export type SqlRow = { readonly [column: string]: unknown };

/** A connection to a DuckDB of its own, without extensions from the network. */
export class DuckDbSession {
  readonly threads: number;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, threads: number) {
    this.#instance = instance;
    this.#connection = connection;
    this.threads = threads;
  }

  static async open({ folder, threads = Math.min(4, availableParallelism()), memoryLimit = '2GB' }: SessionSettings): Promise<DuckDbSession> {
    const instance = await DuckDBInstance.create(join(folder, 'seal.duckdb'), {
      threads: String(threads), memory_limit: memoryLimit, temp_directory: join(folder, 'spill'), autoinstall_known_extensions: 'false', autoload_known_extensions: 'false',
    });
    return new DuckDbSession(instance, await instance.connect(), threads);
  }

  async run(sql: string): Promise<void> { await this.#connection.run(sql); }

  async rows(sql: string): Promise<readonly SqlRow[]> { return (await this.#connection.runAndReadAll(sql)).getRowObjectsJS(); }

  async row(sql: string): Promise<SqlRow> { return (await this.rows(sql))[0]!; }

  /** Batches of at most 2,048 rows in order; holds one batch at a time. Nothing else may run on the session meanwhile. */
  async *batches(sql: string): AsyncGenerator<readonly SqlRow[]> { yield* (await this.#connection.stream(sql)).yieldRowObjectJs(); }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}
