import type { Vocabulary } from "../../data/vocabulary.ts";
import type { Module } from "../../nn/module.ts";
import type { PairBatch } from "./batches.ts";
import type { Decoder } from "./decoder.ts";
import type { Encoded } from "./encoder.ts";

/** The parts of a model that scheduled sampling uses. */
interface Sampled extends Module {
  readonly target: Vocabulary | undefined;
  readonly decoder: Decoder;
  encodeBatch(sources: PairBatch["sources"], lengths: readonly number[]): Encoded;
}

/**
 * Replaces inputs of a decoder by the model's predictions (scheduled sampling, Bengio et al. 2015). The first input is always
 * kept. Each later input is kept with probability `teacherForcing`. Otherwise the token that the model finds most probable at
 * this step replaces it. The model reads the earlier inputs after their replacement. The predictions come from a separate forward
 * pass without dropout and without gradients.
 */
export function scheduledInputs(
  model: Sampled,
  { inputs, sources, sourceLengths, teacherForcing = 1 }: PairBatch,
): Int32Array {
  const { runtime: rt } = model;
  const B = sourceLengths.length;
  const { size: V, unknownId: never } = model.target!;
  const mixed = inputs.slice();
  const block = rt.random.take(Math.ceil(mixed.length / 4));
  model.inference(() => {
    rt.noGrad(() =>
      rt.scope(() => {
        const draws = rt.zeros([mixed.length]);
        rt.kernels.fill_uniform(draws.ptr, 0, 1, draws.size, rt.random.seed, block);
        const chances = draws.toArray();
        const stream = model.decoder.stream(model.encodeBatch(sources, sourceLengths));
        try {
          for (let at = B; at < mixed.length; at += B) {
            stream.step(mixed.subarray(at - B, at));
            const logits = rt.floats(stream.logitsPtr, B * V);
            for (let b = 0; b < B; b++) {
              if (chances[at + b]! < teacherForcing) continue;
              let best = -1;
              for (let token = 0; token < V; token++) {
                if (token === never) continue;
                if (best < 0 || logits[b * V + token]! > logits[b * V + best]!) best = token;
              }
              mixed[at + b] = best;
            }
          }
        } finally {
          stream.dispose();
        }
      }),
    );
  });
  return mixed;
}
