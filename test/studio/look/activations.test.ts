import { expect, it } from "vitest";
import { activations } from "../../../studio/src/look/activations.ts";
import { classifier, farthest, languageModel } from "./models.ts";

const SHORT = 'The "cat (sat)".\n';

it.each(["lstm", "gru", "rnn"] as const)(
  "%s: the states of a language model are those of its layers",
  async (cell) => {
    const model = await languageModel({ cell });
    const { symbols, units, layers } = activations(model, SHORT);
    expect(symbols).toEqual([...SHORT]);
    expect(units).toBe(24);
    expect(layers.map(({ layer, direction, hidden }) => [layer, direction, hidden])).toEqual([
      [0, 0, 12],
      [1, 0, 12],
    ]);
    const { runtime: rt } = model;
    const x = rt.tensor(model.encode(SHORT), [SHORT.length, 1]);
    const { output, state } = model.rnn.forward(model.embedding?.forward(x) ?? x);
    expect(farthest(layers[1]!.h, output.toArray())).toBeLessThan(1e-5);
    layers.forEach(({ h, c }, layer) => {
      expect(farthest(h.slice(-12), state.h.toArray().slice(12 * layer, 12 * (layer + 1)))).toBeLessThan(
        1e-5,
      );
      expect(c !== undefined).toBe(cell === "lstm");
      if (c)
        expect(farthest(c.slice(-12), state.c!.toArray().slice(12 * layer, 12 * (layer + 1)))).toBeLessThan(
          1e-5,
        );
    });
  },
);

it("keeps the directions of a classifier apart", async () => {
  const model = await classifier({ cell: "gru", layers: 1 });
  const text = "the film was good";
  const { symbols, layers } = activations(model, text);
  expect(symbols).toEqual(text.split(" "));
  expect(layers.map(({ direction }) => direction)).toEqual([0, 1]);
  const ids = model.vocabulary!.encodeTokens(text.split(" "));
  const { output } = model.inference(() =>
    model.rnn.forward(model.embedding!.forward(model.runtime.tensor(ids, [4, 1]))),
  );
  layers.forEach(({ h, hidden: H }, direction) => {
    const own = output.toArray().filter((_, i) => Math.floor(i / H) % 2 === direction);
    expect(farthest(h, own)).toBeLessThan(1e-6);
  });
});

it("gives empty states for an empty text", async () => {
  const { symbols, layers } = activations(await languageModel({}, 0), "");
  expect(symbols).toEqual([]);
  expect(layers.every(({ h }) => h.length === 0)).toBe(true);
});

it("starts again at each line if the model reads lines, and reads words after the end of a sentence", async () => {
  const lines = await languageModel({ lines: true, cell: "gru" });
  const last = (text: string) => activations(lines, text).layers.map(({ h }) => h.slice(-12));
  expect(last("Then it\nThe")).toEqual(last("The"));
  expect(farthest(last("Then it The")[0]!, last("The")[0]!)).toBeGreaterThan(1e-3);
  const words = await languageModel({ level: "word", cell: "gru" });
  const { runtime: rt } = words;
  const ids = words.encode("the dog");
  const x = rt.tensor(Int32Array.of(words.vocabulary.endId!, ...ids), [ids.length + 1, 1]);
  const { output } = words.rnn.forward(words.embedding?.forward(x) ?? x);
  expect(farthest(activations(words, "the dog").layers[1]!.h, output.toArray().slice(12))).toBeLessThan(1e-5);
});
