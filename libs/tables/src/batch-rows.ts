import { DataType, type Data, type RecordBatch } from 'apache-arrow';

/** What becomes of the two kinds of cells a reader may want differently. */
export interface CellShape {
  /** UTF-8 bytes of a string, valid as long as the batch. */
  readonly text: (bytes: Uint8Array) => unknown;
  readonly list: (items: readonly unknown[]) => unknown;
}

/** Strings as strings, lists as arrays, structs as objects, Int64 as bigint. */
export function plainShape(): CellShape {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true }); // without it a leading U+FEFF is dropped, as Arrow's own accessor does
  return { text: (bytes) => utf8.decode(bytes), list: (items) => items };
}

/** The rows of a record batch (whole or sliced) as objects, one at a time. Reads the buffers themselves, so that every string comes out byte for byte. */
export function* rowsOf(batch: RecordBatch, shape: CellShape = plainShape()): Generator<Record<string, unknown>> {
  const names = batch.schema.fields.map((field) => field.name);
  for (let row = 0; row < batch.numRows; row++) yield Object.fromEntries(names.map((name, column) => [name, cellOf(batch.data.children[column]!, row, shape)]));
}

function cellOf(data: Data, index: number, shape: CellShape): unknown {
  if (!data.getValid(index)) return null;
  const { type } = data;
  if (DataType.isUtf8(type)) return shape.text((data.values as Uint8Array).subarray(data.valueOffsets[index], data.valueOffsets[index + 1]));
  if (DataType.isList(type)) {
    const items: unknown[] = [];
    for (let at = data.valueOffsets[index] as number; at < data.valueOffsets[index + 1]; at++) items.push(cellOf(data.children[0]!, at, shape));
    return shape.list(items);
  }
  if (DataType.isStruct(type)) return Object.fromEntries(type.children.map((child, at) => [child.name, cellOf(data.children[at]!, index, shape)]));
  if (DataType.isBool(type)) { const bit = data.offset + index; return ((data.values as Uint8Array)[bit >> 3]! & (1 << (bit & 7))) !== 0; }
  return (data.values as ArrayLike<number | bigint>)[index];
}
