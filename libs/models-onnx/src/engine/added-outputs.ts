// A graph gives back all keys and values, past ones too; onnxruntime-node copies each output into fresh memory, tens of MB a step. These nodes, appended to the graph, give the new ones alone:
//   slots = Gather(Shape(past_key_values.0.key), [2]);  added.{layer}.{side} = Slice(present.{layer}.{side}, starts = slots, ends = max, axes = [2])
// Protocol buffers join the repeated fields of messages that stand one after the other, so a file followed by a ModelProto of nodes, initializers and outputs is the model with these (onnx.proto, ModelProto.graph = 7).

/** Names of the appended outputs, [batch, kvHeads, tokens, headDim] each: key and value of layer 0, of layer 1 … */
export function addedNames(layers: number): readonly string[] {
  return sidesOf(layers).map((side) => `slowthink.added.${side}`);
}

/** "0.key", "0.value", "1.key" … */
export function sidesOf(layers: number): readonly string[] {
  return Array.from({ length: layers }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat();
}

/** The bytes to append to a model file. */
export function addedOutputs(layers: number): Uint8Array {
  const [two, end, shape, slots] = ['slowthink.two', 'slowthink.end', 'slowthink.shape', 'slowthink.slots'];
  const graph = [initializer(two, 2n), initializer(end, 2n ** 63n - 1n), node('Shape', ['past_key_values.0.key'], shape), node('Gather', [shape, two], slots)];
  const names = addedNames(layers);
  for (const [i, side] of sidesOf(layers).entries()) graph.push(node('Slice', [`present.${side}`, slots, end, two], names[i]!), floatOutput(names[i]!));
  return message(7, graph);
}

const nodeField = 1, initializerField = 5, outputField = 12; // GraphProto
const floatType = 1, int64Type = 7; // TensorProto.DataType

function node(op: string, inputs: readonly string[], output: string): Uint8Array {
  return message(nodeField, [...inputs.map((name) => text(1, name)), text(2, output), text(3, output), text(4, op)]);
}

/** A one-element int64 vector. */
function initializer(name: string, value: bigint): Uint8Array {
  return message(initializerField, [number(1, 1n), number(2, BigInt(int64Type)), message(7, [varint(value)]), text(8, name)]);
}

function floatOutput(name: string): Uint8Array {
  return message(outputField, [text(1, name), message(2, [message(1, [number(1, BigInt(floatType))])])]);
}

function message(field: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(BigInt(field << 3 | 2)), varint(BigInt(body.length)), body]);
}

function text(field: number, value: string): Uint8Array { return message(field, [new TextEncoder().encode(value)]); }

function number(field: number, value: bigint): Uint8Array { return Buffer.concat([varint(BigInt(field << 3)), varint(value)]); }

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Uint8Array.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}
