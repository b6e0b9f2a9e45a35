import { gzipSync } from 'node:zlib';
import type { DecodingRule } from '@slowthink/decoding';
import type { VerdictsRecord } from '@slowthink/records';
import { html, Html } from '../html.ts';
import { itemOf, type ItemRow, type ItemText } from './item-text.ts';

/** Items whose texts are unpacked together: 32 of 16 candidates x 10 steps are about half a megabyte, which takes a browser some milliseconds. */
const itemsABlock = 32;
/** Items whose rows are unpacked together, all when the page opens. */
const itemsAList = 512;

/** JSON in a gzip in base64: letters, digits, +, / and = alone, so that nothing in it can end the element. */
const packed = (value: unknown): string => gzipSync(JSON.stringify(value)).toString('base64');

const block = (kind: 'rows' | 'texts', first: number, value: unknown): Html => html`<script type="application/gzip" data-${new Html(kind)}="${first}">${new Html(packed(value))}</script>\n`;

/**
 * The items as data blocks of the page, in the order they come in. Holds at most a list of rows (512) and a block of texts (32) at once.
 * <script type="application/gzip" data-rows="N">: rows of the items from number N; data-texts="N": their texts.
 */
export async function* itemBlocks(records: AsyncIterable<VerdictsRecord> | Iterable<VerdictsRecord>, rules: readonly DecodingRule[]): AsyncGenerator<Html> {
  let rows: ItemRow[] = [];
  let texts: ItemText[] = [];
  let items = 0;
  for await (const record of records) {
    const { row, text } = itemOf(record, rules);
    rows.push(row);
    texts.push(text);
    items++;
    if (texts.length === itemsABlock) { yield block('texts', items - texts.length, texts); texts = []; }
    if (rows.length === itemsAList) { yield block('rows', items - rows.length, rows); rows = []; }
  }
  if (texts.length > 0) yield block('texts', items - texts.length, texts);
  if (rows.length > 0) yield block('rows', items - rows.length, rows);
}
