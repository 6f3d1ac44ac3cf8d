import { expect, it } from "vitest";
import { checkRecipe, DEFAULT_RECIPE, LEARNING_RATES, OPTIMIZER_NAMES } from "../../src/train/recipe.ts";
import { describeRuntimes, expectError, gradientOf } from "../runtimes.ts";
import { newTrainer } from "./run.ts";

it("takes char-rnn's recipe by default and gives it back", () => {
  expect(checkRecipe(DEFAULT_RECIPE)).toEqual(DEFAULT_RECIPE);
  expect(checkRecipe({ lr: 0.1 }), "what is missing").toEqual({ ...DEFAULT_RECIPE, lr: 0.1 });
  expect(DEFAULT_RECIPE).toMatchObject({ optimizer: "rmsprop", lr: 0.002, clip: 5, clipBy: "value" });
});

it("another optimiser has its own rate, and another schedule its own decay, unless they are given", () => {
  const own = { ...DEFAULT_RECIPE, optimizer: "adam", lr: 0.006, schedule: "cosine" } as const;
  expect(checkRecipe({ optimizer: "adam", schedule: "cosine" }, own)).toEqual(own);
  expect(checkRecipe({ optimizer: "sgd" }, own)).toEqual({
    ...own,
    optimizer: "sgd",
    lr: LEARNING_RATES.sgd,
  });
  expect(checkRecipe({ optimizer: "sgd", lr: 0.3 }, own).lr).toBe(0.3);
  expect(checkRecipe({ schedule: "plateau" }, own)).toEqual({ ...own, schedule: "plateau", lrDecay: 0.5 });
  expect(checkRecipe({ schedule: "plateau", lrDecay: 0.9 }, own).lrDecay).toBe(0.9);
  expect(checkRecipe({ schedule: "linear" }, { ...own, lrDecay: 0.3 }).lrDecay).toBe(0.97);
});

const wrong: Record<keyof typeof DEFAULT_RECIPE, unknown[]> = {
  batch: [0, 1.5, "50", undefined],
  seq: [0, -50, undefined],
  optimizer: ["Adam", "toString", undefined],
  lr: [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "0.1", undefined],
  schedule: ["square", "toString", undefined],
  warmUp: [-1, 0.5, undefined],
  lrDecay: [0, -0.5, undefined],
  lrDecayAfter: [-1, 2.5, undefined],
  lrDecayOver: [0, 1.5, undefined],
  patience: [-1, 0.5, undefined],
  earlyStop: [-1, "3", undefined],
  clip: [-1, Number.NaN, undefined],
  clipBy: ["element", undefined],
  teacherForcing: [-0.1, 1.1, Number.NaN, "1", undefined],
  teacherForcingOver: [0, 1.5, undefined],
  average: [-0.1, 1, "0.9", undefined],
  seed: [-1, 0.5, 2 ** 53, undefined],
};

it.each(Object.entries(wrong).flatMap(([field, values]) => values.map((value) => [field, value] as const)))(
  "refuses %s: %s",
  (field, value) => {
    const recipe = { ...DEFAULT_RECIPE, [field]: value };
    expectError(
      () => checkRecipe(recipe),
      "ERR_VALUE",
      field,
      `is ${typeof value === "number" ? value : JSON.stringify(value)}`,
      "expected",
    );
  },
);

it("refuses fields that it does not know, and what is no recipe", () => {
  expectError(() => checkRecipe({ ...DEFAULT_RECIPE, epochs: 3 }), "ERR_VALUE", "unknown field epochs");
  expectError(() => checkRecipe(null), "ERR_VALUE", "expected an object");
});

describeRuntimes("a recipe", (rt) => {
  it.each(OPTIMIZER_NAMES)("%s lowers the loss", (optimizer) => {
    const lr = { sgd: 0.02, rmsprop: 0.01, adagrad: 0.05, adadelta: 1, adam: 0.01, adamw: 0.01 }[optimizer];
    const trainer = newTrainer(rt(), { spec: { hidden: 16, layers: 1 }, recipe: { optimizer, lr } });
    const before = trainer.validate().nats;
    for (let i = 0; i < 60; i++) trainer.step();
    expect(trainer.validate().nats).toBeLessThan(0.9 * before);
  });

  it("limits every gradient, or the norm of all, or nothing", () => {
    const gradients = (clip: number, clipBy: "value" | "norm") => {
      const trainer = newTrainer(rt(), { recipe: { clip, clipBy } });
      trainer.step();
      return Object.values(trainer.model.parameters()).flatMap((tensor) => [...gradientOf(tensor)]);
    };
    // Weights and text are not those of the same seed, as a runtime's random numbers continue; the sizes are similar.
    const norm = (values: number[]) => Math.hypot(...values);
    const largest = (values: number[]) => Math.max(...values.map(Math.abs));
    expect(largest(gradients(0, "value"))).toBeGreaterThan(0.1);
    expect(largest(gradients(1e-3, "value"))).toBeCloseTo(1e-3, 8);
    expect(norm(gradients(1e-3, "norm"))).toBeCloseTo(1e-3, 7);
    expect(norm(gradients(1e-3, "value"))).toBeGreaterThan(2e-3);
  });
});
