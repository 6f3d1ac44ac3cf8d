import { Autoencoder, defaultAutoencoderSpec, type EncoderDecoderSpec } from "unrolled";
import { expect, it } from "vitest";
import { type Beams, beams, type Writer } from "../../../studio/src/look/beams.ts";
import { reverser, startRuntime } from "./models.ts";

/** Returns the log-probabilities of the tokens of a target, by the library's loss of its prefixes. */
function teacherForced(model: Writer, source: string, tokens: readonly string[]): number[] {
  const { runtime: rt, target, end } = model;
  const written = tokens.filter((token) => token !== "<EOS>");
  const { sources, inputs } = model.encodePairs([{ source: model.tokens(source), target: written }]);
  const read = inputs[0]!;
  const logits = model.inference(() => {
    const encoded = model.encodeBatch(sources[0]!, [sources[0]!.length]);
    return model.decoder.forward(rt.tensor(read, [read.length, 1]), encoded, [read.length]).toArray();
  });
  const V = target!.size;
  return tokens.map((token, t) => {
    const row = [...logits.subarray(t * V, (t + 1) * V)];
    if (target!.unknownId !== null) row[target!.unknownId] = -Infinity;
    const all = row.reduce((sum, logit) => sum + Math.exp(logit), 0);
    return row[token === "<EOS>" ? end : target!.symbols.indexOf(token)]! - Math.log(all);
  });
}

function expectRight(model: Writer, source: string, found: Beams): void {
  for (const { node, tokens, logProbabilities, logProbability } of found.hypotheses) {
    const expected = teacherForced(model, source, tokens);
    logProbabilities.forEach((log, t) => void expect(log).toBeCloseTo(expected[t]!, 3));
    expect(logProbability).toBeCloseTo(
      expected.reduce((a, b) => a + b, 0),
      3,
    );
    expect(found.nodes[node]!.sum).toBeCloseTo(logProbability, 6);
    expect(found.nodes[node]!.step).toBe(tokens.length);
  }
  for (const { parent, step, sum, logProbability } of found.nodes) {
    const before = found.nodes[parent];
    expect(step).toBe((before?.step ?? 0) + 1);
    expect(sum).toBeCloseTo((before?.sum ?? 0) + logProbability, 6);
  }
}

const SPECS: readonly (readonly [string, Partial<EncoderDecoderSpec>])[] = [
  ["lstm with attention", { cell: "lstm" }],
  ["gru without attention", { cell: "gru", attention: "none" }],
  ["additive attention, two layers, one-hot targets", { attention: "additive", layers: 2, embedding: 0 }],
];

it.each(SPECS)("%s: finds what predict finds, with the probability of each token", async (_, spec) => {
  const model = await reverser(spec, 30);
  for (const beam of [1, 2, 5]) {
    for (const lengthPenalty of [0, 1]) {
      const found = beams(model, "407", { beam, lengthPenalty });
      const [best] = model.predict(["407"], { beam, lengthPenalty });
      const { tokens, logProbability } = found.hypotheses[0]!;
      expect(tokens.filter((token) => token !== "<EOS>")).toEqual(best!.tokens);
      expect(logProbability).toBeCloseTo(best!.logProbability, 3);
      expect(found.hypotheses.length).toBe(beam);
      expect(new Set(found.hypotheses.map((one) => one.tokens.join(" "))).size).toBe(beam);
      expectRight(model, "407", found);
    }
  }
});

it("finds the most probable of all targets if the beam holds them all", async () => {
  const model = await reverser({}, 20);
  const found = beams(model, "12", { beam: 200, maxLength: 2 });
  const symbols = model.target!.symbols.filter((symbol) => symbol !== "<UNK>");
  const all = symbols.flatMap((a) => (a === "<EOS>" ? [[a]] : symbols.map((b) => [a, b])));
  const scored = all
    .map((tokens) => ({ tokens, sum: teacherForced(model, "12", tokens).reduce((a, b) => a + b, 0) }))
    .sort((a, b) => b.sum - a.sum);
  expect(found.hypotheses.length).toBe(all.length);
  expect(found.hypotheses.slice(0, 3).map(({ tokens }) => tokens)).toEqual(
    scored.slice(0, 3).map(({ tokens }) => tokens),
  );
});

it("searches for an autoencoder's texts, and refuses vectors", async () => {
  const rt = await startRuntime();
  const spec = { ...defaultAutoencoderSpec(), hidden: 8, embedding: 4 };
  const model = new Autoencoder(rt, spec, Autoencoder.tablesOf([[..."walk"], [..."talk"]], spec));
  const found = beams(model, "walk", { beam: 2, maxLength: 5 });
  const [best] = model.predict(["walk"], { beam: 2, maxLength: 5 });
  expect(found.hypotheses[0]!.logProbability).toBeCloseTo(best!.logProbability, 3);
  const vectors = [[1, 2]];
  const points = { ...spec, features: 2, embedding: 0 };
  const pointCoder = new Autoencoder(rt, points, Autoencoder.tablesOf([vectors], points));
  expect(() => beams(pointCoder, vectors)).toThrow("writes vectors");
});
