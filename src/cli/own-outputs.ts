import type { TaskModel } from "../network/model.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type { OwnOutputs } from "./converted.ts";
import { partedOutputs } from "./own-parted-outputs.ts";
import { modelInputs } from "./sample-inputs.ts";

/** Number of steps. */
const T = 6;

/** The parts of models of tasks that are compared. */
interface Compared {
  readonly spec: {
    readonly task: string;
    readonly features?: number;
    readonly characters?: number;
  };
  readonly tables: {
    readonly scaling?: { readonly mean: readonly number[]; readonly deviation: readonly number[] };
  };
  readonly embedding?: { readonly weight: Tensor } | undefined;
  readonly rnn: { readonly inputSize: number };
  readonly coding: { readonly width: number };
  forward(x: Tensor): Tensor | { readonly logits: Tensor };
  forecast(past: readonly (readonly number[])[]): number[][];
}

/** The tasks whose models are compared. */
const TASKS = ["language-model", "classifier", "tagger", "transcriber", "embedder", "forecaster"];

/** Runs a model of ours on random inputs. Returns undefined for other tasks, and if it reads the characters of words. */
export function ownOutputs(model: TaskModel): OwnOutputs | undefined {
  const { runtime } = model;
  const compared = model as unknown as Compared;
  const { spec, tables, embedding, rnn, coding } = compared;
  model.train(false);
  const parted = partedOutputs(model);
  if (parted || spec.characters || !TASKS.includes(spec.task)) return parted;
  const { random, ids, vectors } = modelInputs();
  if (spec.task === "forecaster") {
    const rows = Array.from({ length: T }, () => Array.from({ length: coding.width }, random));
    const values = Float32Array.from(compared.forecast(rows).flat());
    const data = Float32Array.from(rows.flat());
    return { input: "rows", shape: [T, 1, coding.width], data, output: "forecasts", values, pooled: true };
  }
  const run = (x: Float32Array | Int32Array, shape: readonly number[]) =>
    runtime.scope(() => {
      const result = runtime.noGrad(() => compared.forward(runtime.tensor(x, shape)));
      return ("logits" in result ? result.logits : result).toArray() as Float32Array;
    });
  const kind = {
    output: spec.task === "embedder" ? "vectors" : "logits",
    pooled: ["classifier", "embedder"].includes(spec.task),
  } as const;
  if (!spec.features) {
    const symbols = embedding?.weight.shape[0] ?? rnn.inputSize;
    const data = ids(T * 2, symbols);
    return { input: "tokens", shape: [T, 2], data, values: run(data, [T, 2]), ...kind };
  }
  const scaling = tables.scaling!;
  const stacked = rnn.inputSize / scaling.mean.length;
  const shape = [T, 2, rnn.inputSize];
  const { data, scaled } = vectors(T * 2 * stacked, scaling);
  return { input: "features", shape, data, values: run(scaled, shape), ...kind };
}

/** Exchanges the first two axes, [A, B, ...] -> [B, A, ...]. */
export function swapped<Data extends Float32Array | Int32Array>(
  data: Data,
  [A = 1, B = 1]: readonly number[],
): Data {
  const width = data.length / (A * B);
  return data.map((_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return data[((row % A) * B + Math.floor(row / A)) * width + column]!;
  }) as Data;
}

/** Returns the probabilities of logits [..., width]: softmax, or of several labels sigmoid. */
export function probabilitiesOf(logits: Float32Array, width: number, several: boolean): Float32Array {
  const out = logits.map((logit) => (several ? 1 / (1 + Math.exp(-logit)) : logit));
  if (several) return out;
  for (let start = 0; start < out.length; start += width) {
    const row = out.subarray(start, start + width);
    const most = Math.max(...row);
    const sum = row.reduce((total, logit) => total + Math.exp(logit - most), 0);
    for (const [i, logit] of row.entries()) row[i] = Math.exp(logit - most) / sum;
  }
  return out;
}
