// The calls of a case, with their numbers. Inputs and outputs of the calls of a stream lie one after the other along axis 0.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const KINDS = {
  F32: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** Reads the arrays of a safetensors file by name, in the types that they have there. */
function readTensors(file) {
  const bytes = new Uint8Array(readFileSync(file));
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const { __metadata__, ...header } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start)));
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
    const [from, to] = data_offsets;
    tensors[name] = { shape, data: new KINDS[dtype](bytes.slice(start + from, start + to).buffer) };
  }
  return tensors;
}

const mapValues = (object = {}, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));

/**
 * Reads a case's calls.
 *
 * @returns `calls`: for each its inputs and outputs by name as { shape, data, tolerance? }; of a stream also `constants`, which go into
 *   every call
 */
export function loadCalls(folder, entry) {
  const tensors = readTensors(join(folder, entry.data));
  const whole = ({ tensor, tolerance }) => ({ ...tensors[tensor], tolerance });
  const count = entry.calls_along_axis_0;
  if (count === undefined) {
    const calls = entry.calls.map(({ inputs, outputs }) => ({
      inputs: mapValues(inputs, whole),
      outputs: mapValues(outputs, whole),
    }));
    return { calls };
  }
  const part = (i) => (spec) => {
    const { data, shape, tolerance } = { ...spec, data: tensors[spec.tensor].data };
    const size = shape.reduce((product, n) => product * n, 1);
    return { shape, tolerance, data: data.slice(i * size, (i + 1) * size) };
  };
  const calls = Array.from({ length: count }, (_, i) => ({
    inputs: mapValues(entry.inputs, part(i)),
    outputs: mapValues(entry.outputs, part(i)),
  }));
  return { calls, constants: mapValues(entry.constants, whole) };
}
