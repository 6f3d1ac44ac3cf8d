import { expect, it } from "vitest";
import { PairBatches } from "../../../src/models/sequence-to-sequence/batches.ts";
import { scheduledInputs } from "../../../src/models/sequence-to-sequence/scheduled-sampling.ts";
import { describeRuntimes } from "../../runtimes.ts";
import { newEncoderDecoder, PAIRS, sharpen } from "./pairs.ts";

describeRuntimes("scheduled sampling", (rt) => {
  const [batch] = [...new PairBatches(newIds(), { batch: 16 }).once()];

  function newIds() {
    // Ids are the same for every model of these pairs: vocabularies depend only on the pairs.
    return {
      sources: PAIRS.slice(0, 16).map(({ source }) => Int32Array.from(source, (c) => "abcd".indexOf(c))),
      inputs: PAIRS.slice(0, 16).map(({ target }) =>
        Int32Array.of(5, ...target.map((c) => "abcd".indexOf(c))),
      ),
      targets: PAIRS.slice(0, 16).map(({ target }) =>
        Int32Array.of(...target.map((c) => "abcd".indexOf(c)), 5),
      ),
    };
  }

  it("keeps all inputs, or only the first; else the given share", () => {
    const model = sharpen(newEncoderDecoder(rt()));
    expect(scheduledInputs(model, { ...batch!, teacherForcing: 1 })).toEqual(batch!.inputs);
    const own = scheduledInputs(model, { ...batch!, teacherForcing: 0 });
    const B = batch!.sourceLengths.length;
    expect([...own.subarray(0, B)]).toEqual(new Array(B).fill(model.end));
    const words = batch!.sourceLengths.map((length, b) =>
      Array.from({ length }, (_, t) => model.source!.symbols[batch!.sources[t * B + b]!]!).join(""),
    );
    // With its own tokens fed back, it writes what greedy search writes.
    for (const [b, { tokens }] of model.predict(words, { maxLength: own.length / B - 1 }).entries()) {
      tokens.forEach((token, t) => {
        expect(model.target.symbols[own[(t + 1) * B + b]!]).toBe(token);
      });
    }
    const { position } = rt().random.state;
    const some = scheduledInputs(model, { ...batch!, teacherForcing: 0.5 });
    expect(some).not.toEqual(own);
    expect(some).not.toEqual(batch!.inputs);
    rt().random.state = { seed: 1, position };
    expect(scheduledInputs(model, { ...batch!, teacherForcing: 0.5 })).toEqual(some);
  });

  it("is for training alone", () => {
    const model = sharpen(newEncoderDecoder(rt()));
    const loss = (teacherForcing: number) =>
      rt().scope(() => model.loss({ ...batch!, teacherForcing }).loss.item());
    expect(loss(0)).not.toBe(loss(1));
    model.train(false);
    expect(loss(0)).toBe(loss(1));
  });
});
