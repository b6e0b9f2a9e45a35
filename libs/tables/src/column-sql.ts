import { DataType, type Schema } from 'apache-arrow';

/** A string as an SQL literal. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A path for read_parquet, which takes `*`, `?` and `[` in a name for a pattern. */
export const sqlPath = (path: string): string => sqlText(path.replace(/[*?[]/g, '[$&]'));

const sqlName = (name: string): string => `"${name}"`;

/** DuckDB's type of a declared column. */
export function sqlTypeOf(type: DataType): string {
  if (DataType.isList(type)) return `${sqlTypeOf(type.children[0]!.type)}[]`;
  if (DataType.isStruct(type)) return `STRUCT(${type.children.map((child) => `${sqlName(child.name)} ${sqlTypeOf(child.type)}`).join(', ')})`;
  if (DataType.isUtf8(type)) return 'VARCHAR';
  if (DataType.isBool(type)) return 'BOOLEAN';
  if (DataType.isInt(type)) return type.bitWidth === 64 ? 'BIGINT' : 'INTEGER';
  if (DataType.isFloat(type)) return 'DOUBLE';
  throw new TypeError(`no DuckDB type for ${String(type)}`);
}

/** The declared columns, each under its declared type, whatever the file holds. */
export const castColumns = (schema: Schema): string => schema.fields.map(({ name, type }) => `CAST(${sqlName(name)} AS ${sqlTypeOf(type)}) AS ${sqlName(name)}`).join(', ');

/** Bytes of one row as Arrow holds it: strings and lists have 4 bytes of offset an entry, booleans a bit. `datasets` calls it num_bytes. */
export const rowBytesSql = (schema: Schema): string => schema.fields.map(({ name, type }) => cellBytesSql(sqlName(name), type, 0)).join(' + ');

function cellBytesSql(value: string, type: DataType, depth: number): string {
  if (DataType.isUtf8(type)) return `(4 + strlen(${value}))`;
  if (DataType.isBool(type)) return '0.125';
  if (DataType.isStruct(type)) return `(${type.children.map((child) => cellBytesSql(`${value}.${sqlName(child.name)}`, child.type, depth)).join(' + ')})`;
  if (!DataType.isList(type)) return DataType.isInt(type) && type.bitWidth === 32 ? '4' : '8';
  const item = `item${depth}`;
  return `(4 + coalesce(list_sum(list_transform(${value}, lambda ${item}: ${cellBytesSql(item, type.children[0]!.type, depth + 1)})), 0))`;
}

/** The declared columns with one letter before every string: the client drops a leading U+FEFF, and withoutGuard takes the letter off again. */
export const guardedColumns = (schema: Schema): string => schema.fields.map(({ name, type }) => `${guarded(sqlName(name), type, 0)} AS ${sqlName(name)}`).join(', ');

function guarded(value: string, type: DataType, depth: number): string {
  if (DataType.isUtf8(type)) return `'|' || ${value}`;
  if (DataType.isStruct(type)) return `{${type.children.map((child) => `${sqlText(child.name)}: ${guarded(`${value}.${sqlName(child.name)}`, child.type, depth)}`).join(', ')}}`;
  if (!DataType.isList(type)) return value;
  const item = `item${depth}`;
  return `list_transform(${value}, lambda ${item}: ${guarded(item, type.children[0]!.type, depth + 1)})`;
}

/** Takes the letter of guardedColumns off every string of a value. */
export function withoutGuard(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(1);
  if (Array.isArray(value)) return value.map(withoutGuard);
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutGuard(inner)]));
  return value;
}
