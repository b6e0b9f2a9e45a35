// A step scorer small enough to be written by hand: an ONNX file of a few bytes and one table of numbers, for heads of any width.
// ONNX is protobuf: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 (field numbers below are its own).

type Field = readonly [number: number, value: number | string | Uint8Array | readonly Field[]];

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) { if (left < 128) return Uint8Array.of(...bytes, left); bytes.push((left % 128) + 128); }
}
function message(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(fields.flatMap(([number, value]) => {
    if (typeof value === 'number') return [varint(number * 8), varint(value)];
    const bytes = typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : message(value);
    return [varint(number * 8 + 2), varint(bytes.length), bytes];
  }));
}

const [FLOAT, INT64] = [1, 7];
const valueInfo = (name: string, type: number, dims: readonly (string | number)[]): readonly Field[] =>
  [[1, name], [2, [[1, [[1, type], [2, dims.map((dim): Field => [1, typeof dim === 'string' ? [[2, dim]] : [[1, dim]]])]]]]]];
const node = (op: string, inputs: readonly string[], output: string): readonly Field[] => [...inputs.map((name): Field => [1, name]), [2, output], [4, op]];

/**
 * logits[b, t] = sum over s <= t of table[ids[b, s]]: the logits at a token depend on it and on all before it, as those of a causal model do. `table` [vocab, wide], row by row. Inputs and output as a step scorer has
 * them, without position_ids where `positions` is false; mask and positions are not looked at.
 */
export function tinyGraph(table: Float32Array, vocab: number, wide: number, positions = true): Uint8Array {
  const axis = Buffer.alloc(8);
  axis.writeBigInt64LE(1n);
  const graph: readonly Field[] = [
    [1, node('Gather', ['table', 'input_ids'], 'rows')], [1, node('CumSum', ['rows', 'axis'], 'logits')], [2, 'tiny'],
    [5, [[1, vocab], [1, wide], [2, FLOAT], [8, 'table'], [9, new Uint8Array(table.buffer, table.byteOffset, table.byteLength)]]],
    [5, [[2, INT64], [8, 'axis'], [9, axis]]],
    ...['input_ids', 'attention_mask', ...(positions ? ['position_ids'] : [])].map((name): Field => [11, valueInfo(name, INT64, ['batch_size', 'new'])]),
    [12, valueInfo('logits', FLOAT, ['batch_size', 'new', wide])],
  ];
  return message([[1, 8], [7, graph], [8, [[2, 18]]]]);
}

/** Numbers from -0.5 to 0.5, the same in every run (a linear congruence). */
export function tinyTable(vocab: number, wide: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: vocab * wide }, () => { state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; return state / 2 ** 32 - 0.5; });
}
