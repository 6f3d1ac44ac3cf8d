import { expect, it } from "vitest";
import { attention } from "../../../studio/src/look/attention.ts";
import { farthest, reverser } from "./models.ts";

it.each([1, 3])(
  "beam %i: gives the weights of the library's forward pass over what was written",
  async (beam) => {
    const model = await reverser();
    const { runtime: rt, decoder } = model;
    const view = attention(model, "123", { beam })!;
    expect(view.source).toEqual(["1", "2", "3"]);
    expect(view.text).toBe(model.predict(["123"], { beam })[0]!.text);
    const [pair] = [
      model.encodePairs([{ source: ["1", "2", "3"], target: view.target.filter((t) => t !== "<EOS>") }]),
    ];
    const inputs = pair!.inputs[0]!;
    const weights = model.inference(() => {
      const { memory, state } = model.encodeBatch(pair!.sources[0]!, [3]);
      const { h, c } = decoder.begin(state);
      const x = decoder.embedding!.forward(rt.tensor(inputs, [inputs.length, 1]));
      const { output } = decoder.rnn.forward(x, { h0: h, ...(c && { c0: c }) });
      return decoder.attention!.forward(output, memory!, [3]).weights.toArray();
    });
    expect(farthest(view.weights, weights.slice(0, 3 * view.target.length))).toBeLessThan(1e-5);
    for (let t = 0; t < view.target.length; t++) {
      expect(view.weights.slice(3 * t, 3 * t + 3).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    }
  },
);

it("has a row for the end symbol only if the model ended by itself", async () => {
  const model = await reverser();
  const whole = attention(model, "123")!;
  expect(whole.target.at(-1)).toBe("<EOS>");
  const cut = attention(model, "123", { maxLength: 1 })!;
  expect([cut.target.length, cut.weights.length]).toEqual([1, 3]);
});

it("is undefined without attention", async () => {
  expect(attention(await reverser({ attention: "none" }, 0), "12")).toBeUndefined();
});
