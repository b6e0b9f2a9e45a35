import { FaultError } from '@slowthink/faults';
import { dtypes, isDtype, type Dtype } from './dtypes.ts';

export interface OnnxAddress {
  /** As it was written: relative to the working directory, or absolute. */
  readonly dir: string;
  /** Absent: fp32, or the only one there. */
  readonly dtype?: Dtype;
}

/** Reads `onnx:DIR[#DTYPE]`; DIR is taken as it stands, a "#" in it too where no known dtype follows. Anything else: SETTING_INVALID that says what is missing. */
export function parseOnnx(text: string): OnnxAddress {
  const wrong = (why: string) => new FaultError('SETTING_INVALID', `"${text}": ${why}`, { hint: `Write it as onnx:DIR or onnx:DIR#DTYPE; DTYPE is one of ${dtypes.join(', ')}.` });
  if (!text.startsWith('onnx:')) throw wrong('it does not begin with "onnx:".');
  const path = text.slice('onnx:'.length), hash = path.lastIndexOf('#'), name = path.slice(hash + 1);
  if (hash >= 0 && name === '') throw wrong('the dtype is missing after "#".');
  const [dir, dtype] = hash >= 0 && isDtype(name) ? [path.slice(0, hash), name] : [path, undefined];
  if (dir.trim() === '') throw wrong('the folder is missing after "onnx:".');
  return { dir, ...(dtype === undefined ? {} : { dtype }) };
}
