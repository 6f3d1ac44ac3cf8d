import { exportOnnx, type OnnxExportOptions } from "../../../src/formats/onnx/export.ts";
import type * as unrolled from "../../../src/index.ts";
import type { Module } from "../../../src/nn/module.ts";
import { random } from "../../random.ts";

/** Numbers of an input, or of an output as a model of ours computes it. */
export interface Numbers {
  readonly dtype: "float32" | "int64";
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A model of ours, how it is written, and what it computes. */
export interface Case {
  readonly name: string;
  /** The ONNX file. */
  readonly bytes: Uint8Array;
  readonly inputs: Readonly<Record<string, Numbers | undefined>>;
  /** What ours computes, for outputs that are compared. Numbers past the end of a sequence are NaN. */
  readonly expected: Readonly<Record<string, Numbers | undefined>>;
}

export const [T, B] = [4, 3];
/** Steps of each sequence; that of a source, which has 5. */
export const LENGTHS = [2, 4, 3];
export const SOURCE = 5;
export const SOURCE_LENGTHS = [5, 1, 4];

const draw = random(29);

/** Gives all weights and running statistics new values. */
export function shaken<M extends Module>(model: M): M {
  for (const [name, { data }] of Object.entries(model.stateDict())) {
    if (!(data instanceof Float32Array)) continue;
    data.set(draw.array(data.length, 0.5));
    if (name.endsWith("running_var")) data.set(data.map((value) => value + 1));
  }
  model.train(false);
  return model;
}

export const floats = (data: ArrayLike<number>, shape: readonly number[]): Numbers => ({
  dtype: "float32",
  shape,
  data: Array.from(data),
});
export const ids = (below: number, ...shape: number[]): Numbers => ({
  dtype: "int64",
  shape,
  data: [...draw.integers(sizeOf(shape), below)],
});
export const numbers = (...shape: number[]) => floats(draw.array(sizeOf(shape), 2), shape);
export const list = (data: readonly number[]): Numbers => ({ dtype: "int64", shape: [data.length], data });
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Sizes of small networks. */
export const small = { hidden: 4, layers: 1, embedding: 3, dropout: 0, inputDropout: 0 };

/** Returns what cases need of a runtime. */
export function casesOn(rt: unrolled.Runtime) {
  const tensor = ({ dtype, shape, data }: Numbers) =>
    rt.tensor(dtype === "int64" ? Int32Array.from(data) : Float32Array.from(data), shape);
  const of = (value: unrolled.Tensor) => floats(value.toArray(), value.shape);
  /** Puts NaN after the end of sequences, [time, batch, ...]. */
  const cut = ({ shape, data, dtype }: Numbers, lengths?: readonly number[]): Numbers => {
    const width = sizeOf(shape.slice(2));
    const isInside = (i: number) =>
      Math.floor(i / width / shape[1]!) < lengths![Math.floor(i / width) % shape[1]!]!;
    return {
      dtype,
      shape,
      data: lengths ? data.map((value, i) => (isInside(i) ? value : Number.NaN)) : data,
    };
  };
  const file = (model: unknown, options?: OnnxExportOptions) =>
    exportOnnx(model as Parameters<typeof exportOnnx>[0], options);
  return { tensor, of, cut, file };
}
