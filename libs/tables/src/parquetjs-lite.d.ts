// The part of parquetjs-lite 0.8.7 that parquet-bytes.ts and shred-row.ts use.
declare module 'parquetjs-lite' {
  export interface ParquetField {
    readonly type?: string;
    readonly optional?: boolean;
    readonly repeated?: boolean;
    readonly statistics?: boolean;
    readonly compression?: 'UNCOMPRESSED' | 'GZIP' | 'SNAPPY';
    readonly fields?: { readonly [name: string]: ParquetField };
  }
  export interface WriterOptions { readonly useDataPageV2: boolean; readonly pageIndex: boolean; readonly rowGroupSize: number }
  /** A field as the schema holds it, with its path and its levels. */
  export interface SchemaField {
    readonly path: readonly string[];
    readonly repetitionType: 'REQUIRED' | 'OPTIONAL' | 'REPEATED';
    readonly originalType?: string;
    readonly primitiveType?: string;
    readonly rLevelMax: number;
    readonly dLevelMax: number;
    readonly isNested?: boolean;
    readonly fields?: { readonly [name: string]: SchemaField };
  }
  /** Columns of the rows that are not written yet, by the path of their field. */
  export interface RowBuffer {
    readonly columnData: { readonly [path: string]: { readonly values: unknown[]; readonly rlevels: number[]; readonly dlevels: number[]; count: number } };
    rowCount: number;
    pageRowCount: number;
  }
  class ParquetSchema {
    constructor(fields: { readonly [name: string]: ParquetField });
    readonly fields: { readonly [name: string]: SchemaField };
  }
  class ParquetEnvelopeWriter {
    constructor(schema: ParquetSchema, write: (bytes: Uint8Array) => Promise<void>, close: () => Promise<void>, fileOffset: number, options: WriterOptions);
  }
  class ParquetWriter {
    constructor(schema: ParquetSchema, envelope: ParquetEnvelopeWriter, options: WriterOptions);
    static openFile(schema: ParquetSchema, path: string, options: WriterOptions): Promise<ParquetWriter>;
    readonly rowBuffer: RowBuffer;
    appendRow(row: { readonly [name: string]: unknown }): Promise<void>;
    close(): Promise<void>;
  }
  const parquet: { readonly ParquetSchema: typeof ParquetSchema; readonly ParquetEnvelopeWriter: typeof ParquetEnvelopeWriter; readonly ParquetWriter: typeof ParquetWriter };
  export default parquet;
}
declare module 'parquetjs-lite/lib/types.js' { export function toPrimitive(type: string, value: unknown): unknown }
