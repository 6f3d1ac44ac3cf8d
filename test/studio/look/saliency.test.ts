import { Classifier, classifierExample, defaultClassifierSpec, LabelTrainer, labelTables } from "unrolled";
import { describe, expect, it } from "vitest";
import { classifierInput, pooledState } from "../../../studio/src/look/classifier-parts.ts";
import { saliency } from "../../../studio/src/look/saliency.ts";
import { classifier, farthest, OPINIONS, startRuntime } from "./models.ts";

const WORDS = "the film was good";

function trained(model: Classifier, iterations: number): Classifier {
  const examples = OPINIONS.map(({ text, label }) => classifierExample(text, label, model.spec));
  const trainer = new LabelTrainer(
    model,
    { train: examples, validation: examples },
    { lr: 0.02, average: 0 },
  );
  for (let i = 0; i < iterations; i++) trainer.step();
  return model;
}

/** The score of a label for vectors that the recurrent layers read, by the library's forward. */
function score(model: Classifier, data: Float32Array, shape: readonly number[], label: number): number {
  const { runtime: rt } = model;
  const logits = model.inference(() =>
    rt.noGrad(() => rt.scope(() => model.head.forward(pooledState(model, rt.tensor(data, shape))).toArray())),
  );
  return logits[label]!;
}

const SPECS: readonly (readonly [string, Partial<Classifier["spec"]>])[] = [
  ["lstm, bidirectional, two layers, mean+max", { cell: "lstm", layers: 2, pooling: "mean+max" }],
  ["gru, last step", { cell: "gru", pooling: "last" }],
  ["one direction, mean", { cell: "lstm", bidirectional: false, pooling: "mean" }],
  ["one-hot words", { embedding: 0, inputDropout: 0 }],
  ["characters of words beside the embedding", { characters: 3, characterHidden: 2 }],
];

describe("gradient times input", () => {
  it.each(SPECS)("%s: equals central differences", async (_, spec) => {
    const model = trained(await classifier(spec), 12);
    for (const label of ["positive", "neutral"]) {
      const { gradientTimesInput } = saliency(model, WORDS, label);
      const place = model.labels.symbols.indexOf(label);
      const { data, shape } = classifierInput(model, WORDS.split(" "));
      const width = shape[2];
      const step = 0.003;
      const expected = WORDS.split(" ").map((_, t) => {
        let sum = 0;
        for (let k = 0; k < width; k++) {
          const at = t * width + k;
          if (!data[at]) continue;
          const moved = (by: number) => {
            const other = data.slice();
            other[at]! += by;
            return score(model, other, shape, place);
          };
          sum += ((moved(step) - moved(-step)) / (2 * step)) * data[at]!;
        }
        return sum;
      });
      const most = Math.max(...expected.map(Math.abs));
      expect(most).toBeGreaterThan(0.003);
      expect(farthest(gradientTimesInput, expected) / most).toBeLessThan(0.02);
    }
  });

  it("equals the slope along the embeddings of the model's own predict", async () => {
    const model = await classifier({ cell: "gru" });
    const [first, second] = ["positive", "neutral"].map((label) => saliency(model, WORDS, label));
    const { weight } = model.embedding!;
    const E = weight.shape[1]!;
    WORDS.split(" ").forEach((word, t) => {
      const id = model.vocabulary!.symbols.indexOf(word);
      const row = weight.data.slice(id * E, (id + 1) * E);
      const scaled = (factor: number) => {
        weight.data.set(
          row.map((value) => factor * value),
          id * E,
        );
        const { positive, neutral } = model.predict([WORDS])[0]!.probabilities;
        return Math.log(positive! / neutral!); // the difference of the two scores
      };
      const slope = (scaled(1.02) - scaled(0.98)) / 0.04; // d difference / d factor = sum of gradient x input
      weight.data.set(row, id * E);
      expect(first!.gradientTimesInput[t]! - second!.gradientTimesInput[t]!).toBeCloseTo(slope, 3);
    });
  });

  it("is as strong for a label that the model is sure of", async () => {
    const model = await classifier({ cell: "gru" });
    const before = saliency(model, WORDS, "positive").gradientTimesInput;
    const place = model.labels.symbols.indexOf("positive");
    const bias = Object.entries(model.parameters()).find(([name]) => /head.*bias/.test(name))![1];
    bias.data[place]! += 30;
    const { gradientTimesInput, probability } = saliency(model, WORDS, "positive");
    expect(probability).toBeGreaterThan(0.999999);
    expect(farthest(gradientTimesInput, before)).toBeLessThan(1e-6);
  });

  it("leaves gradients, mode and random numbers as they were", async () => {
    const model = await classifier();
    const traces = () => ({
      gradients: Object.values(model.parameters()).map(({ grad }) => grad?.toArray()),
      random: model.runtime.random.state,
      training: model.training,
      weights: model.stateDict(),
    });
    const then = traces();
    saliency(model, WORDS);
    expect(traces()).toEqual(then);
    Object.values(model.parameters())[0]!.grad?.data.fill(3);
    const filled = traces();
    saliency(model, WORDS);
    expect(traces()).toEqual(filled);
  });
});

describe("leave one out", () => {
  it("is the change of the log-probability by predict", async () => {
    const model = await classifier();
    const { leaveOneOut, tokens, groups, label } = saliency(model, WORDS);
    expect(tokens).toEqual(WORDS.split(" "));
    expect([...groups]).toEqual([0, 1, 2, 3]);
    const log = (text: string) => Math.log(model.predict([text])[0]!.probabilities[label]!);
    tokens.forEach((_, t) => {
      const without = tokens.filter((_, i) => i !== t).join(" ");
      expect(leaveOneOut[t]).toBeCloseTo(log(WORDS) - log(without), 4);
    });
  });

  it("leaves out whole words if the model reads characters", async () => {
    const rt = await startRuntime();
    const spec = { ...defaultClassifierSpec(), hidden: 6, embedding: 5, level: "char" } as const;
    const examples = OPINIONS.map(({ text, label }) => classifierExample(text, label, spec));
    const model = new Classifier(rt, spec, labelTables(examples, spec, { minCount: 1 }));
    const { leaveOneOut, groups, label } = saliency(model, "a bad film");
    expect([...groups]).toEqual([0, -1, 2, 2, 2, -1, 6, 6, 6, 6]);
    const log = (text: string) => Math.log(model.predict([text])[0]!.probabilities[label]!);
    expect(leaveOneOut[3]).toBeCloseTo(log("a bad film") - log("a  film"), 4);
    expect(leaveOneOut[3]).toBe(leaveOneOut[2]);
    expect(leaveOneOut[1]).toBe(0);
  });

  it("is 0 if nothing would be left", async () => {
    const { leaveOneOut, gradientTimesInput } = saliency(await classifier(), "good");
    expect([...leaveOneOut]).toEqual([0]);
    expect(gradientTimesInput.length).toBe(1);
  });
});

it("explains a model of vectors, and one of several labels", async () => {
  const rt = await startRuntime();
  const spec = {
    ...defaultClassifierSpec(),
    hidden: 4,
    features: 2,
    embedding: 0,
    multiLabel: true,
    wordDropout: 0,
  };
  const steps = [
    [1, 2],
    [3, 1],
  ];
  const examples = [
    { tokens: steps, labels: ["x,y"] },
    { tokens: [[0, 1]], labels: ["y"] },
  ];
  const model = new Classifier(rt, spec, labelTables(examples, spec));
  const { gradientTimesInput, leaveOneOut, tokens } = saliency(model, steps, "x");
  expect(tokens).toEqual(["1", "2"]);
  const { data, shape } = classifierInput(model, steps);
  const place = model.labels.symbols.indexOf("x");
  const expected = [0, 1].map((t) => {
    const moved = (factor: number) =>
      score(
        model,
        data.map((value, i) => (Math.floor(i / 2) === t ? factor * value : value)),
        shape,
        place,
      );
    return (moved(1.02) - moved(0.98)) / 0.04;
  });
  expect(farthest(gradientTimesInput, expected)).toBeLessThan(1e-3);
  const log = (sequence: number[][]) => Math.log(model.predict([sequence])[0]!.probabilities.x!);
  expect(leaveOneOut[0]).toBeCloseTo(log(steps) - log([steps[1]!]), 4);
});

it("names the words that decide, once the model has learnt", async () => {
  const model = await classifier({ wordDropout: 0, dropout: 0, inputDropout: 0 });
  const examples = OPINIONS.map(({ text, label }) => classifierExample(text, label, model.spec));
  const trainer = new LabelTrainer(
    model,
    { train: examples, validation: examples },
    { lr: 0.02, average: 0 },
  );
  for (let i = 0; i < 60; i++) trainer.step();
  const { leaveOneOut, label } = saliency(model, "the book was bad");
  expect(label).toBe("negative");
  expect(leaveOneOut.indexOf(Math.max(...leaveOneOut))).toBe(3);
  expect(() => saliency(model, "bad", "sad")).toThrow("does not know the label sad");
});
