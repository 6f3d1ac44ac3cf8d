import type { ConditionalGenerator } from "../models/generator/model.ts";
import type { SequenceToSequence } from "../models/sequence-to-sequence/model.ts";
import type { TaskModel } from "../network/model.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type { OwnOutputs } from "./converted.ts";
import { modelInputs, oneHot } from "./sample-inputs.ts";

/** Number of steps, and of sequences. */
const [T, B] = [6, 2];

function generatorOutputs(model: ConditionalGenerator): OwnOutputs {
  const { runtime: rt, spec, tables, condition: reader, start, vocabulary } = model;
  const { ids, vectors } = modelInputs();
  const lengths = Array<number>(B).fill(T);
  const width = start.weight.shape[1]!;
  const given = (): { data: Float32Array | Int32Array; own: () => Tensor; shape: number[] } => {
    if (!reader) {
      const { data } = spec.features
        ? vectors(B, { mean: Array(width).fill(0), deviation: Array(width).fill(1) })
        : { data: ids(B, width) };
      const own = data instanceof Int32Array ? oneHot(data, width) : data;
      return { data, own: () => rt.tensor(own, [B, width]), shape: spec.features ? [B, width] : [B] };
    }
    if (!tables.scaling) {
      const data = ids(T * B, tables.conditions!.size);
      return { data, own: () => reader.forward(rt.tensor(data, [T, B]), lengths), shape: [T, B] };
    }
    const { data, scaled } = vectors(T * B, tables.scaling);
    const shape = [T, B, spec.features];
    return { data, own: () => reader.forward(rt.tensor(scaled, shape), lengths), shape };
  };
  const { data, own, shape } = given();
  const tokens = ids(T * B, vocabulary.size);
  const values = rt.scope(() =>
    rt.noGrad(() => model.forward(rt.tensor(tokens, [T, B]), own()).logits.toArray()),
  ) as Float32Array;
  const others = { tokens: { data: tokens, shape: [T, B] } };
  return { input: "condition", shape, data, others, output: "logits", values, pooled: false };
}

function sequenceOutputs(model: SequenceToSequence): OwnOutputs {
  const { runtime: rt, scaling, source, target, decoder } = model;
  const { ids, vectors } = modelInputs();
  const lengths = Array<number>(B).fill(T);
  const read = scaling ? vectors(T * B, scaling) : undefined;
  const data = read?.data ?? ids(T * B, source!.size);
  const tokens = target && ids(T * B, target.size);
  const outputs = rt.scope(() =>
    rt.noGrad(() => {
      const written = tokens ? rt.tensor(tokens, [T, B]) : rt.zeros([T, B, 1]);
      return decoder.forward(written, model.encodeBatch(read?.scaled ?? data, lengths), lengths).toArray();
    }),
  ) as Float32Array;
  const width = scaling?.width ?? 0;
  const shape = scaling ? [T, B, width] : [T, B];
  const common = { input: "source", shape, data, pooled: false } as const;
  if (tokens) {
    const others = { tokens: { data: tokens, shape: [T, B] } };
    return { ...common, others, output: "logits", values: outputs };
  }
  const { mean, deviation } = scaling!;
  const values = outputs.map((value, i) => value * deviation[i % width]! + mean[i % width]!);
  return { ...common, others: { steps: { data: [T], shape: [1] } }, output: "reconstruction", values };
}

/** Runs a model that writes a sequence from what it reads on random inputs. Returns undefined for other tasks. */
export function partedOutputs(model: TaskModel): OwnOutputs | undefined {
  const { task } = model.spec;
  if (task === "generator") return generatorOutputs(model as object as ConditionalGenerator);
  if (task !== "encoder-decoder" && task !== "autoencoder") return undefined;
  return sequenceOutputs(model as object as SequenceToSequence);
}
