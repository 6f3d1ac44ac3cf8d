import { LanguageModelTrainer, modelGradientFlow } from "unrolled";
import { expect, it } from "vitest";
import { fateOf, flowView, gradientFlow } from "../../../studio/src/look/gradient-flow.ts";
import { languageModel, TEXT } from "./models.ts";

it("gives norms and verdicts of cells side by side", async () => {
  const models = { RNN: await languageModel({ cell: "rnn" }), LSTM: await languageModel({ cell: "lstm" }) };
  const views = gradientFlow(models, TEXT, { steps: 20, batch: 2 });
  expect(views.map(({ name }) => name)).toEqual(["RNN", "LSTM"]);
  for (const { layers, gradientNorm, clippedNorm } of views) {
    expect(layers.map(({ layer }) => layer)).toEqual([0, 1]);
    for (const { norms, left, factor, verdict } of layers) {
      expect(norms.length).toBe(20);
      expect({ left, factor, verdict }).toEqual(fateOf(norms));
    }
    expect(clippedNorm).toBeLessThanOrEqual(gradientNorm);
  }
});

it("says what became of a gradient by what is left of it", () => {
  const way = (factor: number, steps = 40) => Array.from({ length: steps + 1 }, (_, d) => factor ** d);
  expect(fateOf(way(0.9, 40))).toMatchObject({ verdict: "fades", left: expect.closeTo(0.0148, 4) });
  expect(fateOf(way(0.9, 40)).factor).toBeCloseTo(0.9, 9);
  expect(fateOf(way(0.8)).verdict).toBe("vanishes");
  expect(fateOf(way(0.99)).verdict).toBe("flows");
  expect(fateOf(way(1.1))).toMatchObject({ verdict: "explodes", factor: expect.closeTo(1.1, 9) });
  // It grows at first, but not over the whole way: it does not explode.
  const hill = [0.5, 4, 8, 10, 6, 2.2];
  expect(fateOf(hill)).toMatchObject({ verdict: "fades", left: expect.closeTo(0.22, 9) });
  expect(fateOf(hill).factor).toBeCloseTo(Math.sqrt(0.22), 9);
  expect(fateOf([1, 0]).verdict).toBe("vanishes");
  expect(fateOf([1, Number.POSITIVE_INFINITY]).verdict).toBe("explodes");
});

it("gives the gradient of a loss at the last step with respect to an earlier state", async () => {
  const model = await languageModel({ cell: "gru", layers: 1 });
  const { runtime: rt } = model;
  const steps = 6;
  const [view] = gradientFlow({ model }, TEXT.slice(0, steps + 1), { steps, batch: 1 });
  const ids = model.encode(TEXT.slice(0, steps + 1));
  // The loss of the last step as a function of h<1>, by central differences: steps 2 to 6 start from it.
  const x = (from: number, to: number) => {
    const tokens = rt.tensor(ids.slice(from, to), [to - from, 1]);
    return model.embedding?.forward(tokens) ?? tokens;
  };
  const h = model.rnn.forward(x(0, 1)).state.h.toArray();
  const loss = (h0: Float32Array) => {
    const { output } = model.rnn.forward(x(1, steps), { h0: rt.tensor(h0, [1, 1, 12]) });
    const logits = model.head.forward(output).toArray().slice(-model.vocabulary.size);
    const all = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    return Math.log(all) - logits[ids[steps]!]!;
  };
  let square = 0;
  for (let k = 0; k < 12; k++) {
    const moved = (by: number) => loss(h.map((value, i) => (i === k ? value + by : value)));
    square += ((moved(0.01) - moved(-0.01)) / 0.02) ** 2;
  }
  const norm = view!.layers[0]!.norms[steps - 1]!;
  expect(Math.abs(norm - Math.sqrt(square)) / norm).toBeLessThan(0.02);
});

it("adds verdicts to a flow of any task", async () => {
  const model = await languageModel();
  const trainer = new LanguageModelTrainer(model, model.encode(TEXT), { batch: 2, seq: 10 });
  const flow = modelGradientFlow(model, trainer.nextBatch());
  const view = flowView("batch", flow);
  expect(view.layers.map(({ norms }) => [...norms])).toEqual(flow.flow.map(({ norms }) => [...norms]));
});
