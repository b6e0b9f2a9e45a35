// The part of parquetjs-lite 0.8.7 that write-part.ts uses.
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
  class ParquetSchema { constructor(fields: { readonly [name: string]: ParquetField }) }
  class ParquetEnvelopeWriter {
    constructor(schema: ParquetSchema, write: (bytes: Uint8Array) => Promise<void>, close: () => Promise<void>, fileOffset: number, options: WriterOptions);
  }
  class ParquetWriter {
    constructor(schema: ParquetSchema, envelope: ParquetEnvelopeWriter, options: WriterOptions);
    appendRow(row: { readonly [name: string]: unknown }): Promise<void>;
    close(): Promise<void>;
  }
  const parquet: { readonly ParquetSchema: typeof ParquetSchema; readonly ParquetEnvelopeWriter: typeof ParquetEnvelopeWriter; readonly ParquetWriter: typeof ParquetWriter };
  export default parquet;
}
