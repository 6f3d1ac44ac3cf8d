import { describe, expect, it } from "vitest";
import { crossEntropy } from "../../src/autograd/cross-entropy.ts";
import { lineSequences, sequenceSource } from "../../src/data/sequence-source.ts";
import { splitBatches, TextBatches } from "../../src/data/text-batches.ts";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec } from "../../src/models/language-model/spec.ts";
import { LanguageModelTrainer } from "../../src/models/language-model/trainer.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { evaluation } from "../../src/train/evaluate.ts";
import { DEFAULT_RECIPE, type Recipe } from "../../src/train/recipe.ts";
import { type Fixture, fixtures } from "../fixtures/load.ts";
import { describeRuntimes, expectError, startRuntime } from "../runtimes.ts";
import { newTrainer, TEXT } from "./run.ts";

/** A text whose first batches are the windows of a fixture; every stream continues with one and a half batches of zeros. */
function textOf(fixture: Fixture<"language_model">): Int32Array {
  const { windows, seq, batch } = fixture.config;
  const length = (windows + 2) * seq;
  const ids = new Int32Array(batch * length);
  for (const [name, shift] of [
    ["in.x", 0],
    ["in.target", 1],
  ] as const) {
    fixture.index(name).data.forEach((id, i) => {
      ids[(i % batch) * length + Math.floor(i / batch) + shift] = id;
    });
  }
  return ids;
}

describeRuntimes("the trainer", (rt) => {
  it.each(fixtures("language_model"))("$name: PyTorch's losses, parameters and states", (fixture) => {
    const { module, hidden_size: hidden, num_layers: layers, windows, seq, batch, clip } = fixture.config;
    const spec = {
      ...defaultLanguageModelSpec(),
      cell: module === "LSTM" ? "lstm" : "gru",
      hidden,
      layers,
    } as const;
    const model = new LanguageModel(rt(), spec, new Vocabulary([..."abcdefghijk"]));
    model.loadStateDict(fixture.group("param"));
    const trainer = new LanguageModelTrainer(model, textOf(fixture), {
      ...DEFAULT_RECIPE,
      batch,
      seq,
      optimizer: fixture.config.optimizer === "RMSprop" ? "rmsprop" : "adam",
      clip: clip.value ?? clip.norm!,
      clipBy: clip.value ? "value" : "norm",
    });
    fixture.check(
      "out.loss",
      Array.from({ length: windows }, () => trainer.step()),
    );
    for (const [name, { data }] of Object.entries(model.parameters())) fixture.check(`out.${name}`, data);
    fixture.check("out.h_n", trainer.state!.h.data);
    if (trainer.state?.c) fixture.check("out.c_n", trainer.state.c.data);
  });

  it("does, over two epochs, what a loop of modules does, bit for bit", () => {
    const [T, B, V] = [6, 4, 20];
    const trainer = newTrainer(rt(), {
      spec: { cell: "gru", layers: 2, hidden: 7 },
      recipe: { seq: T, batch: B },
    });
    const { vocabulary } = trainer.model;
    expect(vocabulary.size).toBe(V);
    const rnn = new nn.GRU(rt(), { inputSize: V, hiddenSize: 7, numLayers: 2 });
    const head = new nn.Linear(rt(), { inFeatures: 7, outFeatures: V });
    rnn.loadStateDict(inside(trainer.model, "rnn."));
    head.loadStateDict(inside(trainer.model, "head."));
    const parameters = { ...rnn.parameters(), ...head.parameters() };
    const optimizer = new optim.RMSprop(parameters, { lr: 0.002, alpha: 0.95 });
    const batches = new TextBatches(vocabulary.encode(TEXT), { batch: B, seq: T });
    const { end } = splitBatches(batches.count).train;
    expect(trainer.iterationsPerEpoch).toBe(end);

    let state: nn.RecurrentState | undefined;
    const ids = new Int32Array(T * B);
    for (let i = 0; i < 2 * end + 3; i++) {
      batches.inputs(i % end, ids);
      const x = rt().tensor(ids, [T, B]);
      batches.targets(i % end, ids);
      const result = rnn.forward(x, state && { h0: state.h });
      const loss = crossEntropy(head.forward(result.output), rt().tensor(ids, [T, B]));
      optimizer.zeroGrad();
      loss.backward(rt().tensor([T], []));
      optim.clipGradValue(parameters, 5);
      optimizer.step();
      state = { h: rt().tensor(result.state.h.toArray(), [2, B, 7]) };
      expect(trainer.step(), `iteration ${i}`).toBe(loss.item());
    }
    expect(trainer.state!.h.toArray()).toEqual(state!.h.toArray());
    expect(inside(trainer.model, "rnn.")).toEqual(rnn.stateDict());
  });

  it("validates without a trace: the run continues as if it had not", () => {
    const options = { spec: { dropout: 0.4, embedding: 3 }, recipe: { optimizer: "adam" } } as const;
    const [a, b] = [newTrainer(rt(), options), newTrainer(rt(), options)];
    b.model.loadStateDict(a.model.stateDict());
    const { random } = rt();
    const start = random.state;
    const losses = Array.from({ length: 6 }, () => a.step());
    random.state = start;
    const checked = Array.from({ length: 6 }, () => {
      expect(b.validate()).toEqual(b.validate());
      return b.step();
    });
    expect(checked).toEqual(losses);
    expect(b.model.stateDict()).toEqual(a.model.stateDict());
  });

  it("needs no more memory from iteration to iteration, and gives all of it back", () => {
    const trainer = newTrainer(rt(), { spec: { dropout: 0.2 } });
    const { model } = trainer;
    trainer.step();
    trainer.validate();
    const { used, total } = rt().memory;
    for (let i = 0; i < 5; i++) trainer.step();
    trainer.validate();
    expect(rt().memory).toEqual({ used, total });
    trainer.dispose();
    model.dispose();
    expect(rt().memory.used).toBe(0);
  });
});

describeRuntimes("the trainer on lines", (rt) => {
  const LINES = Array.from({ length: 60 }, (_, i) => `${"ab".repeat((i * 7) % 11)}${i % 5}\n`).join("");
  const options = { text: LINES, spec: { lines: true, hidden: 8 }, recipe: { batch: 5 } } as const;

  it("does what a loop over the lines does: the loss summed over the steps, averaged over lines", () => {
    const trainer = newTrainer(rt(), options);
    const { model } = trainer;
    const { vocabulary } = model;
    const copy = new LanguageModel(rt(), model.spec, vocabulary);
    copy.loadStateDict(model.stateDict());
    const optimizer = new optim.RMSprop(copy.parameters(), { lr: 0.002, alpha: 0.95 });
    const source = sequenceSource(lineSequences(vocabulary.encode(LINES), vocabulary), { batch: 5, seed: 1 });
    expect(trainer.iterationsPerEpoch).toBe(source.perEpoch);
    let symbols = 0;
    for (let i = 0; i < source.perEpoch + 2; i++) {
      const { steps, inputs, targets, lengths } = source.training(i);
      const B = lengths!.length;
      optimizer.zeroGrad();
      let nats = 0;
      // Line by line, without padding.
      lengths!.forEach((length, b) => {
        const column = (from: Int32Array) => from.filter((_, k) => k % B === b).slice(0, length);
        const { loss } = copy.loss({ steps: length, inputs: column(inputs), targets: column(targets) });
        loss.backward(rt().tensor([length / B], []));
        nats += loss.item() * length;
      });
      expect(Math.max(...lengths!)).toBe(steps);
      optim.clipGradValue(copy.parameters(), 5);
      optimizer.step();
      const count = lengths!.reduce((sum, length) => sum + length);
      symbols += count;
      expect(trainer.step()).toBeCloseTo(nats / count, 4);
      expect(trainer.state).toBeUndefined();
    }
    expect(trainer.symbols).toBe(symbols);
    for (const [name, { data }] of Object.entries(copy.parameters())) {
      const found = model.parameters()[name]!.data;
      for (const [k, value] of data.entries()) expect(found[k], `${name} ${k}`).toBeCloseTo(value, 3);
    }
  });

  it("validates and tests on lines that it does not train on, and learns", () => {
    const trainer = newTrainer(rt(), { ...options, recipe: { batch: 5, lr: 0.02 } });
    const before = [trainer.validate(), trainer.test()!];
    const tokens = (part: "validation" | "test") => {
      const { vocabulary } = trainer.model;
      const data = lineSequences(vocabulary.encode(LINES), vocabulary);
      return [...sequenceSource(data, { batch: 5, seed: 1 }).heldOut(part)]
        .flatMap(({ lengths }) => lengths!)
        .reduce((sum, length) => sum + length);
    };
    expect(before.map(({ tokens }) => tokens)).toEqual([tokens("validation"), tokens("test")]);
    for (let i = 0; i < 80; i++) trainer.step();
    expect(trainer.validate().nats).toBeLessThan(0.7 * before[0]!.nats);
    expect(trainer.test()!.nats).toBeLessThan(0.7 * before[1]!.nats);
  });

  it("gives all memory back", () => {
    const { used } = rt().memory;
    const trainer = newTrainer(rt(), options);
    for (let i = 0; i < trainer.iterationsPerEpoch; i++) trainer.step();
    trainer.validate();
    trainer.dispose();
    trainer.model.dispose();
    expect(rt().memory.used).toBe(used);
  });

  it("refuses too few lines, and says so", () => {
    expectError(() => newTrainer(rt(), { ...options, text: "one line\n" }), "ERR_DATA", "1 sequence,");
    expectError(() => newTrainer(rt(), { ...options, text: "one line" }), "ERR_DATA", "no newline");
  });
});

describeRuntimes("the test part", (rt) => {
  it("is the last half of what is held out, and can be asked of another model", () => {
    const trainer = newTrainer(rt());
    const T = 6;
    const B = 4;
    const count = Math.floor(trainer.model.vocabulary.encode(TEXT).length / (T * B));
    const held = count - trainer.iterationsPerEpoch;
    const validation = Math.floor(count / 20);
    expect(trainer.validate().tokens).toBe(validation * T * B);
    expect(trainer.test()!.tokens).toBe((held - validation) * T * B);
    const other = new LanguageModel(rt(), trainer.model.spec, trainer.model.vocabulary);
    expect(trainer.test(other)!.nats).not.toBe(trainer.test()!.nats);
    other.loadStateDict(trainer.model.stateDict());
    expect(trainer.test(other)).toEqual(trainer.test());
  });

  it("is undefined if there is too little text for it", () => {
    const trainer = newTrainer(rt(), { text: TEXT.slice(0, 49) });
    expect(trainer.validate().tokens).toBe(24);
    expect(trainer.test()).toBeUndefined();
  });
});

describe("the learning rate", () => {
  /** Returns the rate of each of `epochs` epochs; it must be constant within an epoch. */
  async function rates(epochs: number, recipe: object): Promise<number[]> {
    const trainer = newTrainer(await startRuntime(), { text: TEXT.slice(0, 100), recipe });
    return Array.from({ length: epochs }, () => {
      const epoch = Array.from({ length: trainer.iterationsPerEpoch }, () => {
        trainer.step();
        return trainer.optimizer.lr;
      });
      expect(epoch.length).toBe(3);
      expect(new Set(epoch).size).toBe(1);
      return epoch[0]!;
    });
  }

  it("is char-rnn's: 0.002, times 0.97 after every epoch from the tenth on", async () => {
    const expected = [...new Array(10).fill(0), 1, 2, 3].map((n) => 0.002 * 0.97 ** n);
    expect(await rates(13, {})).toEqual(expected);
  });

  it.each([
    [0, [1, 0.5, 0.25]],
    [1, [1, 0.5, 0.25]],
    [2, [1, 1, 0.5]],
  ])("falls first after epoch %i", async (lrDecayAfter, factors) => {
    expect(await rates(3, { lr: 1e-3, lrDecay: 0.5, lrDecayAfter })).toEqual(factors.map((f) => f * 1e-3));
  });

  /** Returns the rate of every iteration as a factor; a validation loss of 1 is observed after each. */
  async function factors(count: number, recipe: Partial<Recipe>): Promise<number[]> {
    const given = { lr: 1e-3, lrDecay: 0.5, ...recipe };
    const trainer = newTrainer(await startRuntime(), { text: TEXT.slice(0, 100), recipe: given });
    expect(trainer.iterationsPerEpoch).toBe(3);
    return Array.from({ length: count }, () => {
      trainer.step();
      trainer.observe(evaluation(1, 1));
      return trainer.optimizer.lr / 1e-3;
    });
  }

  const half = (n: number) => 0.5 * (1 + Math.cos(Math.PI * n));

  it.each<[Recipe["schedule"], Partial<Recipe>, number[]]>([
    ["constant", {}, [1, 1, 1, 1, 1]],
    ["step", { lrDecayAfter: 2 }, [1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25]],
    ["step", { lrDecayAfter: 0 }, [1, 1, 1, 0.5, 0.5, 0.5, 0.25]],
    ["exponential", { lrDecayAfter: 2 }, [1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25]],
    ["cosine", { lrDecayOver: 4 }, [1, half(1 / 4), 0.5, half(3 / 4), 0, 0]],
    ["plateau", { patience: 1 }, [1, 1, 1, 0.5, 0.5, 0.25, 0.25]],
    ["plateau", { patience: 0 }, [1, 1, 0.5, 0.25]],
    ["constant", { warmUp: 4 }, [0.25, 0.5, 0.75, 1, 1, 1]],
    ["step", { warmUp: 2, lrDecayAfter: 1 }, [0.5, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25]],
    ["exponential", { warmUp: 2, lrDecayAfter: 1 }, [0.5, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25]],
    ["cosine", { warmUp: 2, lrDecayOver: 6 }, [0.5, 1, 1, half(1 / 4), 0.5, half(3 / 4), 0]],
    ["cosine", { warmUp: 4, lrDecayOver: 3 }, [0.25, 0.5, 0.75, 1, 1, 0]],
    ["plateau", { warmUp: 3, patience: 0 }, [1 / 3, 2 / 3, 0.5, 0.25]],
  ])("of the schedule %s, %o", async (schedule, recipe, expected) => {
    const found = await factors(expected.length, { schedule, ...recipe });
    for (const [i, factor] of found.entries())
      expect(factor, `iteration ${i + 1}`).toBeCloseTo(expected[i]!, 12);
  });
});

/** Returns the parameters of a part of a model. */
function inside(model: LanguageModel, prefix: string): nn.StateDict {
  const own = Object.entries(model.stateDict()).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
