import { expect, it } from "vitest";
import { lineSequences, sequencesOnce } from "../../../src/data/sequence-source.ts";
import { evaluateText } from "../../../src/models/language-model/evaluation.ts";
import { textGradientFlow } from "../../../src/models/language-model/gradient-flow.ts";
import type { LanguageModel } from "../../../src/models/language-model/model.ts";
import { LanguageModelTrainer } from "../../../src/models/language-model/trainer.ts";
import { expectClose } from "../../close.ts";
import { gradcheck } from "../../gradcheck.ts";
import { describeRuntimes } from "../../runtimes.ts";
import { CELLS, smallModel } from "./model.ts";

// Lines that begin with a vector of zeros: x<1> = 0.

const TEXT = "abcde\nfa\nbcd\ne\n";
const variants = CELLS.flatMap((cell) => [0, 3].map((embedding) => ({ cell, embedding })));

/** The lines of the text as one batch. */
function batchOf(model: LanguageModel) {
  const [batch] = sequencesOnce(lineSequences(model.vocabulary.encode(TEXT), model.vocabulary), 9);
  return batch!;
}

describeRuntimes("zero start", (rt) => {
  const zeroModel = (spec: object) => {
    const model = smallModel(rt(), { lines: true, zeroStart: true, ...spec }).train(false);
    for (const { data } of Object.values(model.parameters())) data.set(data.map((x) => 10 * x));
    return model;
  };

  it.each(variants)("$cell, embedding $embedding: equals a newline whose input weights are 0", (spec) => {
    const model = zeroModel(spec);
    const plain = smallModel(rt(), { lines: true, ...spec }).train(false);
    plain.loadStateDict(model.stateDict());
    const { endId, size } = model.vocabulary;
    const weight = plain.embedding ? plain.embedding.weight : plain.rnn.layers[0]!.weightIh;
    weight.data.forEach((_, i) => {
      const isEnd = plain.embedding ? Math.floor(i / 3) === endId : i % size === endId;
      if (isEnd) weight.data[i] = 0;
    });
    const [zero, other] = [model, plain].map((one) => {
      const { loss } = one.loss(batchOf(one));
      loss.backward();
      const grads = Object.entries(one.parameters()).map(
        ([name, { grad }]) => [name, grad!.toArray()] as const,
      );
      return { loss: loss.item(), grads };
    });
    expect(zero!.loss).toBeCloseTo(other!.loss, 6);
    zero!.grads.forEach(([name, grad], i) => {
      // The newline's own vector learns nothing, since no step reads it.
      const expected = other!.grads[i]![1].map((value, at) => {
        const isTable = plain.embedding ? name === "embedding.weight" : name === "rnn.weight_ih_l0";
        const isEnd = plain.embedding ? Math.floor(at / 3) === endId : at % size === endId;
        return isTable && isEnd ? 0 : value;
      });
      expectClose(grad, expected, [1e-6, 1e-6], name);
    });
  });

  it.each(variants)("$cell, embedding $embedding: gradients by central differences", (spec) => {
    const model = zeroModel(spec);
    const batch = batchOf(model);
    const loss = () => rt().scope(() => model.loss(batch).loss.item());
    rt().scope(() => model.loss(batch).loss.backward());
    for (const [name, { data, grad }] of Object.entries(model.parameters())) {
      gradcheck(loss, data as Float32Array, grad!.data as Float32Array, { label: name, tolerance: 3e-3 });
    }
  });

  it.each(variants)("$cell, embedding $embedding: streams read and score as forward does", (spec) => {
    const model = zeroModel(spec);
    const ids = model.vocabulary.encode("\nbad");
    const { logits } = model.forward(rt().tensor(ids, [ids.length, 1]));
    const packed = model.pack();
    const stream = packed.stream();
    for (const token of model.vocabulary.encode("cc")) stream.feed(token); // forgotten at the newline
    ids.forEach((id, t) => {
      stream.feed(id);
      const V = model.vocabulary.size;
      expectClose(stream.logits(), logits.data.subarray(t * V, (t + 1) * V), [1, 0], `step ${t}`);
    });
    const { perplexity } = evaluateText(model, model.vocabulary.encode("bad\n"));
    expect(packed.score("bad").perplexity).toBeCloseTo(perplexity, 4);
  });

  it("reads a line of one step, and counts the gradient flow from the first symbol", () => {
    const model = zeroModel({ layers: 1 });
    expect(model.forward(rt().tensor(Int32Array.of(6), [1, 1])).logits.shape).toEqual([1, 1, 8]);
    const ids = model.vocabulary.encode("abcde\n".repeat(4));
    const { flow } = textGradientFlow(model, ids, { batch: 2 });
    expect(flow[0]!.norms).toHaveLength(5);
    expect(Math.max(...flow[0]!.norms)).toBe(flow[0]!.norms[0]);
  });

  it("learns how lines begin", () => {
    const model = smallModel(rt(), { lines: true, zeroStart: true, hidden: 8, layers: 1 });
    const ids = model.vocabulary.encode("abc\nabd\nfec\nabf\n".repeat(10));
    const trainer = new LanguageModelTrainer(model, ids, { batch: 8, lr: 0.03 });
    for (let i = 0; i < 60; i++) trainer.step();
    const stream = model.train(false).pack().stream();
    stream.feed(model.vocabulary.endId!);
    const [a, f] = [..."af"].map((symbol) =>
      Math.exp(stream.logProbability(model.vocabulary.encode(symbol)[0]!)),
    );
    expect(a).toBeCloseTo(0.75, 1);
    expect(f).toBeCloseTo(0.25, 1);
  });
});
