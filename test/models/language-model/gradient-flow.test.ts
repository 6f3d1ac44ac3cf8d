import { expect, it } from "vitest";
import { lineSequences, sequencesOnce } from "../../../src/data/sequence-source.ts";
import { Vocabulary } from "../../../src/data/vocabulary.ts";
import { textGradientFlow } from "../../../src/models/language-model/gradient-flow.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec } from "../../../src/models/language-model/spec.ts";
import { clipGradNorm } from "../../../src/optim/clip.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { recordGradientFlow } from "../../../src/train/gradient-flow.ts";
import { batchGradientFlow } from "../../../src/train/model-gradient-flow.ts";
import { expectClose, expectRelative } from "../../close.ts";
import { describeRuntimes, expectError } from "../../runtimes.ts";
import { CELLS, smallModel } from "./model.ts";

const IDS = Int32Array.from({ length: 60 }, (_, i) => (i * i + (i >> 3)) % 7);

/** Returns the gradients of all parameters, and the state of the random numbers. */
function traces(rt: Runtime, model: ReturnType<typeof smallModel>) {
  const gradients = Object.values(model.parameters()).map(({ grad }) => grad?.toArray());
  return {
    gradients,
    random: rt.random.state,
    training: model.training,
    observer: model.rnn.onStateGradient,
  };
}

describeRuntimes("textGradientFlow", (rt) => {
  it.each(CELLS)("%s: the mean square over windows is that of each window alone", (cell) => {
    const model = smallModel(rt(), { cell, embedding: 3 });
    const [steps, batch] = [10, 4];
    const { flow } = textGradientFlow(model, IDS, { steps, batch });
    expect(flow.map(({ layer, norms }) => [layer, norms.length])).toEqual([
      [0, 10],
      [1, 10],
    ]);
    const squares = [0, 1].map(() => new Float64Array(steps));
    for (const start of [0, 16, 32, 49]) {
      const alone = recordGradientFlow(model.rnn, () => {
        const inputs = IDS.subarray(start, start + steps);
        const targets = new Int32Array(steps).fill(-100);
        targets[steps - 1] = IDS[start + steps]!;
        model.loss({ steps, inputs, targets }).loss.backward();
      });
      alone.forEach(({ layer, norms }) => {
        norms.forEach((norm, d) => {
          squares[layer]![d]! += norm ** 2 / batch;
        });
      });
    }
    flow.forEach(({ layer, norms }) => {
      expectRelative(norms, squares[layer]!.map(Math.sqrt), 1e-4);
    });
  });

  it("a model of lines reads whole lines, spread over the text", () => {
    const vocabulary = Vocabulary.fromText("ab\n");
    const spec = { ...defaultLanguageModelSpec(), hidden: 5, layers: 1, lines: true };
    const model = new LanguageModel(rt(), spec, vocabulary);
    const ids = vocabulary.encode("abab\nb\n\nba\naab\n");
    const { flow } = textGradientFlow(model, ids, { batch: 2, clip: 0 });
    const lines = sequencesOnce(lineSequences(vocabulary.encode("abab\naab\n"), vocabulary), 2);
    const [batch] = lines;
    expect(batch!.lengths).toEqual([5, 4]);
    expect(flow).toEqual(batchGradientFlow(model, batch!, { clip: 0, clipBy: "norm" }).flow);
    expectError(() => textGradientFlow(model, vocabulary.encode("\n\n")), "ERR_DATA");
  });

  it("sequences of different length, each from its own last step, without what pads them", () => {
    const model = smallModel(rt(), { cell: "lstm" });
    const [steps, lengths] = [6, [3, 6, 1]];
    const clipping = { clip: 0, clipBy: "norm" } as const;
    const window = (of: readonly number[]) => {
      const at = (shift: number, padding: number) =>
        Int32Array.from({ length: steps * of.length }, (_, i) => {
          const [t, b] = [Math.floor(i / of.length), lengths.indexOf(of[i % of.length]!)];
          return t < lengths[b]! ? IDS[b * 11 + t + shift]! : padding;
        });
      return batchGradientFlow(
        model,
        { steps, inputs: at(0, 0), targets: at(1, -100), lengths: of },
        clipping,
      );
    };
    const alone = lengths.map((length) => window([length]).flow[1]!.norms);
    expect(alone.map(({ length }) => length)).toEqual(lengths);
    const expected = Float64Array.from({ length: steps }, (_, d) => {
      const reach = alone.filter((norms) => d < norms.length);
      return Math.sqrt(reach.reduce((sum, norms) => sum + norms[d]! ** 2, 0) / reach.length);
    });
    expectRelative(window(lengths).flow[1]!.norms, expected, 1e-4);
  });

  it("the gradient's norm is that of a training iteration, before and after clipping", () => {
    const model = smallModel(rt(), { cell: "gru" });
    const parameters = model.parameters();
    const flow = (clip: number, clipBy: "norm" | "value") =>
      textGradientFlow(model, IDS, { steps: 59, batch: 1, clip, clipBy });
    model
      .loss({ steps: 59, inputs: IDS.subarray(0, 59), targets: IDS.subarray(1) })
      .loss.backward(rt().tensor([59], []));
    const gradients = Object.values(parameters).flatMap(({ grad }) => [...grad!.toArray()]);
    const norm = (limit: number) => Math.hypot(...gradients.map((g) => Math.max(-limit, Math.min(limit, g))));
    for (const [clip, clipBy, expected] of [
      [0, "norm", norm(Infinity)],
      [0.5, "norm", 0.5],
      [1000, "norm", norm(Infinity)],
      [0.1, "value", norm(0.1)],
    ] as const) {
      const { gradientNorm, clippedNorm } = flow(clip, clipBy);
      expectClose([gradientNorm, clippedNorm], [norm(Infinity), expected], [30, 0]);
    }
    expect(textGradientFlow(model, IDS, { steps: 59, batch: 1 })).toEqual(flow(5, "value"));
  });

  it.each([true, false])("changes nothing (training %s)", (training) => {
    const model = smallModel(rt(), { cell: "lstm", dropout: 0.5 });
    model.train(training);
    model.loss({ steps: 10, inputs: IDS.subarray(0, 10), targets: IDS.subarray(1, 11) }).loss.backward();
    const before = traces(rt(), model);
    const flow = textGradientFlow(model, IDS, { steps: 10, batch: 3 });
    expect(traces(rt(), model)).toEqual(before);
    expect(textGradientFlow(model, IDS, { steps: 10, batch: 3 })).toEqual(flow);
  });

  it("leaves no gradient where there was none", () => {
    const model = smallModel(rt());
    const weight = model.head.weight;
    weight.grad!.dispose();
    textGradientFlow(model, IDS, { steps: 10, batch: 3 });
    expect(weight.grad).toBeNull();
  });

  it("memory stops growing", () => {
    const model = smallModel(rt(), { cell: "lstm" });
    textGradientFlow(model, IDS, { steps: 50 });
    const before = rt().memory;
    for (let i = 0; i < 20; i++) textGradientFlow(model, IDS, { steps: 20 + i, batch: 10 });
    expect(rt().memory).toEqual(before);
  });

  it("the largest window, and errors", () => {
    const model = smallModel(rt());
    const flow = (options: object) => () => textGradientFlow(model, IDS, options);
    expect(flow({ steps: 59, batch: 2 })().flow[0]!.norms).toHaveLength(59);
    expectError(flow({ steps: 60 }), "ERR_DATA", "60 characters", "needs 61", "fewer steps");
    expectError(flow({ steps: 0 }), "ERR_VALUE", "steps is 0");
    expectError(flow({ steps: 5, batch: 1.5 }), "ERR_VALUE", "batch is 1.5");
    expectError(flow({ steps: 5, clip: -1 }), "ERR_VALUE");
    const before = traces(rt(), model);
    model.head.weight.data[0] = Number.NaN;
    expectError(flow({ steps: 5 }), "ERR_NAN", "damaged");
    expect(traces(rt(), model)).toEqual(before);
    expect(clipGradNorm(model.parameters(), 1)).toBe(0);
  });
});
