import { UnrolledError } from "../errors.ts";
import type { StateDict } from "../nn/module.ts";
import type { StoredTensor, Tensor, TensorData } from "../runtime/tensor.ts";
import { damaged } from "./damaged.ts";

/** Largest magnitude of a weight in 8 bits. -128 has no opposite, so it is not used. */
const LARGEST = 127;

/** A row whose scale is smaller counts as zeros, as in the kernels: the scale would lose digits. */
const SMALLEST = 1e-36;

/** Adding and subtracting 1.5 * 2^23 rounds a float32 to the nearest whole number, and halves to even ones. */
const ROUND = 12_582_912;

/** Returns the name of the tensor that has the scales of a matrix's rows. */
const scaleName = (name: string): string => `${name}.scale`;

/** Returns whether a file of int8 has 8 bits for each number of a tensor: a matrix of weights. */
const isMatrix = ({ shape }: Pick<TensorData, "shape">): boolean => shape.length === 2;

/** Returns the number that all products of a row with `scale` stay below, or NaN. */
const reach = (scale: number): number => Math.fround(scale * LARGEST);

/**
 * Quantises the matrices of a state, row by row: scale = max |w| / 127, q = w / scale, rounded, in float32 as the kernels do. The rows of a matrix
 * are the weights of one output, or the vector of one token.
 *
 * @returns each matrix [O, I] as int8 with its scales [O], under its name with `.scale`; other tensors as they are
 * @throws ERR_NAN if a number of a matrix is not finite, or the largest float32
 */
export function quantized(state: Readonly<StateDict>): Record<string, StoredTensor> {
  const stored: Record<string, StoredTensor> = {};
  for (const [name, tensor] of Object.entries(state)) {
    stored[name] = tensor;
    if (!isMatrix(tensor)) continue;
    const { shape, data } = tensor;
    const [rows = 0, width = 0] = shape;
    const values = new Int8Array(data.length);
    const scales = new Float32Array(rows);
    for (let row = 0; row < rows; row++) {
      let most = 0;
      for (let i = row * width; i < (row + 1) * width; i++) most = Math.max(most, Math.abs(data[i]!));
      const scale = Math.fround(most / LARGEST);
      if (!Number.isFinite(reach(scale))) throw damaged(`row ${row} of ${name} cannot be quantised`);
      if (scale < SMALLEST) continue;
      scales[row] = scale;
      for (let i = row * width; i < (row + 1) * width; i++)
        values[i] = Math.fround(Math.fround(data[i]! / scale) + ROUND) - ROUND;
    }
    stored[name] = { shape, data: values };
    stored[scaleName(name)] = { shape: [rows], data: scales };
  }
  return stored;
}

/**
 * Reads the matrices of a file of int8 into the parameters of a model: w = q * scale as float32.
 *
 * @param parameters those of the model, by name
 * @returns the tensors for `loadStateDict`, in which the matrices are the parameters themselves
 * @throws ERR_FORMAT if a matrix is not int8 from -127 to 127, or its scales are missing, negative or not finite; ERR_SHAPE if their shape is wrong
 */
export function dequantized(
  stored: Readonly<Record<string, StoredTensor>>,
  parameters: Readonly<Record<string, Tensor>>,
): Record<string, StoredTensor> {
  const state = { ...stored };
  for (const [name, tensor] of Object.entries(parameters)) {
    if (!isMatrix(tensor) || !stored[name]) continue; // loadStateDict names what is missing
    const { shape, data } = tensor;
    const [rows = 0, width = 0] = shape;
    const values = elements(stored, name, shape);
    const scales = elements(stored, scaleName(name), [rows]);
    const right =
      values instanceof Int8Array &&
      !values.includes(-LARGEST - 1) &&
      scales instanceof Float32Array &&
      scales.every((scale) => scale >= 0 && Number.isFinite(reach(scale)));
    if (!right) {
      throw new UnrolledError(
        "ERR_FORMAT",
        `${name}: expected int8 from -${LARGEST} to ${LARGEST}, and ${scaleName(name)} with finite float32 >= 0`,
      );
    }
    for (let i = 0; i < data.length; i++) data[i] = values[i]! * scales[Math.floor(i / width)]!;
    state[name] = { shape, data };
    delete state[scaleName(name)];
  }
  return state;
}

/** Returns the elements of a tensor; undefined if it is missing. @throws ERR_SHAPE if it has another shape */
function elements(
  stored: Readonly<Record<string, StoredTensor>>,
  name: string,
  expected: readonly number[],
): StoredTensor["data"] | undefined {
  const { shape = expected, data } = stored[name] ?? {};
  if (String(shape) === String(expected)) return data;
  throw new UnrolledError("ERR_SHAPE", `${name} is [${shape}], expected [${expected}]`);
}
