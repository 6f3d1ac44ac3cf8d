import { UnrolledError } from "../errors.ts";
import { clipGradNorm, clipGradValue } from "../optim/clip.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { Adadelta, Adagrad, Adam, AdamW, RMSprop, SGD } from "../optim/optimizers.ts";
import type { Tensor } from "../runtime/tensor.ts";

/** Everything that decides how a language model is trained, as plain JSON. Defaults are char-rnn's recipe. */
export interface Recipe {
  /** Streams of text side by side. */
  readonly batch: number;
  /** Steps that the gradient reaches back (truncated backpropagation through time). */
  readonly seq: number;
  readonly optimizer: "sgd" | "rmsprop" | "adagrad" | "adadelta" | "adam" | "adamw";
  /** Learning rate. */
  readonly lr: number;
  /** The rate is multiplied by it after every epoch from `lrDecayAfter` on. */
  readonly lrDecay: number;
  /** Epochs before the rate begins to fall. */
  readonly lrDecayAfter: number;
  /** Limit of the gradients, which are those of the loss summed over the steps; 0: none. */
  readonly clip: number;
  /** Each element within the limit, or all together shortened to that norm. */
  readonly clipBy: "value" | "norm";
  /** Seed of initial weights and dropout. */
  readonly seed: number;
}

export const DEFAULT_RECIPE: Recipe = {
  batch: 50,
  seq: 50,
  optimizer: "rmsprop",
  lr: 0.002,
  lrDecay: 0.97,
  lrDecayAfter: 10,
  clip: 5,
  clipBy: "value",
  seed: 1,
};

type Parameters = Readonly<Record<string, Tensor>>;

const OPTIMIZERS: Record<Recipe["optimizer"], (parameters: Parameters, lr: number) => Optimizer> = {
  sgd: (parameters, lr) => new SGD(parameters, { lr, momentum: 0.9 }),
  rmsprop: (parameters, lr) => new RMSprop(parameters, { lr, alpha: 0.95, eps: 1e-8 }),
  adagrad: (parameters, lr) => new Adagrad(parameters, { lr }),
  adadelta: (parameters, lr) => new Adadelta(parameters, { lr }),
  adam: (parameters, lr) => new Adam(parameters, { lr }),
  adamw: (parameters, lr) => new AdamW(parameters, { lr }),
};

/** Names of the optimisers. */
export const OPTIMIZER_NAMES = Object.keys(OPTIMIZERS) as Recipe["optimizer"][];

/** @throws ERR_VALUE naming the field that is wrong, what was given and what is expected */
export function checkRecipe(recipe: Recipe): Recipe {
  const whole = (least: number) => (value: unknown) =>
    Number.isSafeInteger(value) && (value as number) >= least;
  const from = (least: number) => (value: unknown) => Number.isFinite(value) && (value as number) >= least;
  const fields: Record<keyof Recipe, readonly [string, (value: unknown) => boolean]> = {
    batch: ["a whole number from 1 on", whole(1)],
    seq: ["a whole number from 1 on", whole(1)],
    optimizer: [
      OPTIMIZER_NAMES.join(", "),
      (value) => OPTIMIZER_NAMES.includes(value as Recipe["optimizer"]),
    ],
    lr: ["a number above 0", (value) => Number.isFinite(value) && (value as number) > 0],
    lrDecay: ["a number above 0", (value) => Number.isFinite(value) && (value as number) > 0],
    lrDecayAfter: ["a number from 0 on", from(0)],
    clip: ["a number from 0 (off) on", from(0)],
    clipBy: ["value or norm", (value) => value === "value" || value === "norm"],
    seed: ["a whole number from 0 on", whole(0)],
  };
  for (const [field, [expected, test]] of Object.entries(fields)) {
    const value = recipe[field as keyof Recipe];
    if (!test(value)) {
      throw new UnrolledError("ERR_VALUE", `${field} is ${JSON.stringify(value)}, expected ${expected}`);
    }
  }
  return recipe;
}

export function makeOptimizer(recipe: Recipe, parameters: Parameters): Optimizer {
  return OPTIMIZERS[recipe.optimizer](parameters, recipe.lr);
}

/** Clips the gradients as the recipe says. */
export function clipGradients({ clip, clipBy }: Recipe, parameters: Parameters): void {
  if (clip === 0) return;
  if (clipBy === "norm") clipGradNorm(parameters, clip);
  else clipGradValue(parameters, clip);
}
