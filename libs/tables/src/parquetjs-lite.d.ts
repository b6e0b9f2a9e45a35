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
  export class ParquetSchema { constructor(fields: { readonly [name: string]: ParquetField }) }
  export class ParquetEnvelopeWriter {
    constructor(schema: ParquetSchema, write: (bytes: Uint8Array) => Promise<void>, close: () => Promise<void>, fileOffset: number, options: WriterOptions);
  }
  export class ParquetWriter {
    constructor(schema: ParquetSchema, envelope: ParquetEnvelopeWriter, options: WriterOptions);
    appendRow(row: { readonly [name: string]: unknown }): Promise<void>;
    close(): Promise<void>;
  }
}
