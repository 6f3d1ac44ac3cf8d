import { checkFields, type Field, numberFrom, oneOf, positive, wholeFrom } from "../models/fields.ts";
import { Adam, AdamW } from "../optim/adam.ts";
import { clipGradNorm, clipGradValue } from "../optim/clip.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { Adadelta, Adagrad, RMSprop, SGD } from "../optim/optimizers.ts";
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
  /** The rate is multiplied by it after every epoch, first after epoch `lrDecayAfter`. */
  readonly lrDecay: number;
  /** Epochs (whole readings of the training part) before the rate begins to fall. */
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

/** A learning rate of the right size for each optimiser. */
export const LEARNING_RATES: Readonly<Record<Recipe["optimizer"], number>> = {
  sgd: 0.01,
  rmsprop: DEFAULT_RECIPE.lr,
  adagrad: 0.02,
  adadelta: 1,
  adam: 0.002,
  adamw: 0.002,
};

/** Names of the optimisers. */
export const OPTIMIZER_NAMES = Object.keys(OPTIMIZERS) as Recipe["optimizer"][];

const FIELDS: Record<keyof Recipe, Field> = {
  batch: wholeFrom(1),
  seq: wholeFrom(1),
  optimizer: oneOf(...OPTIMIZER_NAMES),
  lr: positive,
  lrDecay: positive,
  lrDecayAfter: wholeFrom(0),
  clip: numberFrom(0),
  clipBy: oneOf("value", "norm"),
  seed: wholeFrom(0),
};

/** @throws ERR_VALUE naming the field that is wrong, what was given and what is expected */
export function checkRecipe(recipe: unknown): Recipe {
  return checkFields<Recipe>("recipe", recipe, FIELDS);
}

export function makeOptimizer(recipe: Recipe, parameters: Parameters): Optimizer {
  return OPTIMIZERS[recipe.optimizer](parameters, recipe.lr);
}

/** The part of a recipe that limits gradients. */
export type Clipping = Pick<Recipe, "clip" | "clipBy">;

/** Clips the gradients as the recipe says. */
export function clipGradients({ clip, clipBy }: Clipping, parameters: Parameters): void {
  if (clip === 0) return;
  if (clipBy === "norm") clipGradNorm(parameters, clip);
  else clipGradValue(parameters, clip);
}
