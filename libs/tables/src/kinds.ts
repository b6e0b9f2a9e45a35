import type { PrmRow, SftRow } from '@slowthink/records';

/** The kinds of rows a data set holds, in the order files and reports list them. */
export const tableKinds = ['prm', 'sft'] as const;

export type TableKind = (typeof tableKinds)[number];

/** The row type of a kind: schemas/{kind}-row.v1.json. */
export interface RowOf { readonly prm: PrmRow; readonly sft: SftRow }

export type TableRow = RowOf[TableKind];

/** Version of a kind's columns; stands in the metadata of every sealed file. */
export const schemaVersionOf = (kind: TableKind): string => `${kind}-row.v1`;
