import type { PreferenceRow, PreferenceStepsRow, PrmRow, SftRow } from '@slowthink/records';

/** The kinds of rows a data set holds, in the order files and reports list them. */
export const tableKinds = ['prm', 'sft', 'preference', 'preference_steps'] as const;

export type TableKind = (typeof tableKinds)[number];

/** Kinds whose rows are chains; those of the others are pairs. */
export const chainKinds: readonly TableKind[] = ['prm', 'sft'];

/** In the order in which people want to see them: the one that most open first comes first. */
export const shownKinds: readonly TableKind[] = ['sft', 'prm', 'preference', 'preference_steps'];

/** The row type of a kind: schemas/{kind}-row.v1.json. */
export interface RowOf { readonly prm: PrmRow; readonly sft: SftRow; readonly preference: PreferenceRow; readonly preference_steps: PreferenceStepsRow }

export type TableRow = RowOf[TableKind];

/** Version of a kind's columns; stands in the metadata of every sealed file. */
export const schemaVersionOf = (kind: TableKind): string => `${kind.replaceAll('_', '-')}-row.v1`;
