import { expect, it } from "vitest";
import { editState } from "../../../studio/src/look/edit-state.ts";
import { farthest, languageModel } from "./models.ts";

const SHORT = 'The "cat (sat)".\n';

it("writes the same from an unchanged state, as generate does", async () => {
  const model = await languageModel({ cell: "lstm" });
  const { random } = model.runtime;
  const before = random.state;
  const { plain, edited } = editState(model, SHORT, { layer: 0, unit: 3, scale: 1 }, { length: 40, seed: 7 });
  expect(random.state).toEqual(before);
  expect(edited).toEqual(plain);
  const written = model.pack().generate({ prompt: SHORT, length: 40, seed: 7 });
  expect(plain.symbols.join("")).toBe([...written].join(""));
});

it.each(["gru", "lstm"] as const)(
  "%s: gives the distribution of the output layer at the edited state",
  async (cell) => {
    const model = await languageModel({ cell }, 40);
    const { runtime: rt } = model;
    const ids = model.encode(SHORT);
    const { output, state } = model.rnn.forward(
      ((x) => model.embedding?.forward(x) ?? x)(rt.tensor(ids, [ids.length, 1])),
    );
    const h = output.toArray().slice(-12);
    const { plain, edited, from, to, which } = editState(model, SHORT, { layer: 1, unit: 5, value: 0.9 });
    const softmax = (h: Float32Array) => {
      const logits = model.head.forward(rt.tensor(h, [1, 12])).toArray();
      const all = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      return logits.map((logit) => Math.exp(logit) / all);
    };
    expect(farthest(plain.probabilities, softmax(h))).toBeLessThan(1e-5);
    if (cell === "gru") {
      expect([which, to]).toEqual(["h", Math.fround(0.9)]);
      expect(from).toBeCloseTo(h[5]!, 5);
      h[5] = 0.9;
    } else {
      const c = state.c!.toArray()[12 + 5]!;
      expect(which).toBe("c");
      expect(from).toBeCloseTo(c, 5);
      h[5] = (h[5]! / Math.tanh(c)) * Math.tanh(0.9);
    }
    expect(farthest(edited.probabilities, softmax(h))).toBeLessThan(1e-4);
    expect(farthest(edited.probabilities, plain.probabilities)).toBeGreaterThan(1e-4);
    expect(edited.next[0]!.probability).toBeCloseTo(Math.max(...edited.probabilities), 5);
  },
);

it("refuses units and states that do not exist", async () => {
  const model = await languageModel({ cell: "gru" });
  expect(() => editState(model, "T", { layer: 2, unit: 0, value: 1 })).toThrow("2 layers of 12 units");
  expect(() => editState(model, "T", { layer: 0, unit: 0, state: "c", value: 1 })).toThrow("no state c");
});
