import { describe, expect, it } from "vitest";
import type { LanguageModelTrainer } from "../../src/models/language-model/trainer.ts";
import { expectError, startRuntime } from "../runtimes.ts";
import { newTrainer } from "./run.ts";

describe("a trainer that cannot", () => {
  it.each([
    ["batch", { batch: 0 }],
    ["lr", { lr: -1 }],
  ])("names the wrong %s", async (field, recipe) => {
    const rt = await startRuntime();
    expectError(() => newTrainer(rt, { recipe }), "ERR_VALUE", field);
  });

  it("says how much text the batch needs", async () => {
    const rt = await startRuntime();
    expectError(() => newTrainer(rt, { text: "abc\n" }), "ERR_DATA", "4 symbols", "at least 48");
  });

  /** Returns everything that an iteration changes. */
  const place = ({ model, optimizer, state, iteration }: LanguageModelTrainer) => ({
    parameters: model.stateDict(),
    moments: optimizer.stateDict(),
    state: state?.h.toArray(),
    random: model.runtime.random.state,
    iteration,
  });

  it.each([
    ["rnn.weight_hh_l0", Number.NaN],
    ["head.bias", Number.POSITIVE_INFINITY],
  ])("names a parameter that is not finite (%s is %d), and changes nothing", async (name, value) => {
    const trainer = newTrainer(await startRuntime(), {
      spec: { dropout: 0.3 },
      recipe: { optimizer: "adam" },
    });
    trainer.step();
    trainer.step();
    expect(trainer.finite).toBe(true);
    trainer.model.parameters()[name]!.data[1] = value;
    expect(trainer.finite).toBe(false);
    const before = place(trainer);
    for (let i = 0; i < 2; i++) {
      const where = `iteration 3: the parameter ${name} is ${value} at element 1`;
      expectError(() => trainer.step(), "ERR_NAN", where, "learning rate");
    }
    expect(place(trainer)).toEqual(before);
    expectError(() => trainer.validate(), "ERR_NAN");
  });

  it("names the state, the logits or the loss if the parameters are finite", async () => {
    const named = (change: (trainer: LanguageModelTrainer) => void) => async (message: RegExp) => {
      const trainer = newTrainer(await startRuntime(), { spec: { cell: "gru" } });
      trainer.step();
      change(trainer);
      const before = place(trainer);
      expectError(() => trainer.step(), "ERR_NAN", message);
      expect(place(trainer)).toEqual(before);
    };
    await named(({ state }) => state!.h.data.fill(Number.NaN, 3, 4))(/GRU.forward: h0 is NaN at element 3/);
    await named(({ model }) => model.head.bias!.data.fill(-3e38).fill(3e38, -1))(
      /iteration 2: the loss is Inf/,
    );
    await named(({ model }) => {
      model.head.weight.data.fill(3e38);
      model.rnn.layers[1]!.biasIh!.data.fill(-50, 6, 12).fill(50, 12); // h = 1
    })(/iteration 2: a logit is -?(Infinity|NaN) at element \d+/);
  });

  it("names a gradient, the first that the backward pass comes by", async () => {
    const trainer = newTrainer(await startRuntime(), { spec: { layers: 2 } });
    trainer.step();
    const { model } = trainer;
    const grads = Object.entries(model.parameters());
    // Gradients are cleared before the pass, so the loss function spoils them.
    const loss = model.loss.bind(model);
    model.loss = (...args) => {
      const result = loss(...args);
      const { loss: tensor } = result;
      const backward = tensor.backward.bind(tensor);
      tensor.backward = (seed) => {
        backward(seed);
        for (const name of ["rnn.weight_ih_l0", "rnn.bias_hh_l1"]) {
          grads.find(([own]) => own === name)![1].grad!.data[2] = Number.NEGATIVE_INFINITY;
        }
      };
      return result;
    };
    const before = place(trainer);
    const where = "iteration 2: the gradient of rnn.bias_hh_l1 is -Infinity at element 2";
    expectError(() => trainer.step(), "ERR_NAN", where);
    expect(place(trainer)).toEqual(before);
  });

  it("takes back an update that makes a parameter infinite, and continues with a lower rate", async () => {
    const options = { spec: { dropout: 0.3 }, recipe: { optimizer: "sgd", clip: 0 } } as const;
    const trainer = newTrainer(await startRuntime(), options);
    trainer.step();
    const before = place(trainer);
    const { step } = trainer.optimizer;
    trainer.optimizer.step = function () {
      this.lr = 3e38;
      step.call(this);
      trainer.model.head.bias!.data.fill(Number.POSITIVE_INFINITY, 2, 3); // whatever its gradient is
    };
    expectError(() => trainer.step(), "ERR_NAN", /iteration 2: after the update, the parameter \S+ is/);
    expect(place(trainer)).toEqual(before);
    trainer.optimizer.step = step;

    const other = newTrainer(await startRuntime(), options);
    other.step();
    expect(trainer.step()).toBe(other.step());
    expect(place(trainer)).toEqual(place(other));
  });

  it("notices that a huge learning rate without a limit blows up", async () => {
    const trainer = newTrainer(await startRuntime(), { recipe: { optimizer: "sgd", lr: 1e38, clip: 0 } });
    const train = () => {
      for (let i = 0; i < 50; i++) trainer.step();
    };
    expectError(train, "ERR_NAN", /iteration \d+: .* is -?(NaN|Infinity) at element/);
    expect(trainer.finite).toBe(true);
  });
});
