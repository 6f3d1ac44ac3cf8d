import { Adam, AdamW } from "../optim/adam.ts";
import { clipGradNorm, clipGradValue } from "../optim/clip.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { Adadelta, Adagrad, RMSprop, SGD } from "../optim/optimizers.ts";
import {
  cosine,
  exponentialDecay,
  linear,
  onPlateau,
  type Plateau,
  type Schedule,
  stepDecay,
  warmUp,
} from "../optim/schedule.ts";
import { removable } from "../removable.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { fraction, type Infer, numberFrom, object, oneOf, positive, share, whole } from "../schema.ts";

/** Names of the optimisers. */
export const OPTIMIZER_NAMES = ["sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamw"] as const;

/** Names of the schedules of the learning rate. `Recipe.schedule` explains them. */
export const SCHEDULE_NAMES = ["constant", "step", "exponential", "cosine", "linear", "plateau"] as const;

// Bundlers drop a table of numbers that a page does not use, but not one that reads fields of the defaults.
const RATE = 0.002;
const DECAY = 0.97;

/** The fields of `Recipe`. The defaults are the recipe of char-rnn. */
export const recipeSchema = removable(() =>
  object({
    /** Batch size, at most 65,536: the number of parallel streams of text or, if the model reads lines, the number of lines. */
    batch: whole(1, 65_536).default(50),
    /**
     * Number of steps of truncated backpropagation through time (BPTT), at most 1,000,000. If the model reads lines, each line is
     * always read in full.
     */
    seq: whole(1, 1_000_000).default(50),
    /** Name of the optimiser. Options other than the learning rate are fixed, such as 0.9 for the momentum of `sgd`. */
    optimizer: oneOf(OPTIMIZER_NAMES).default("rmsprop"),
    /** Learning rate. If a recipe names another optimiser than the default one and no rate, the rate is that of `LEARNING_RATES`. */
    lr: positive().default(RATE),
    /**
     * How the learning rate changes.
     *
     * `constant`: it stays as it is.
     * `exponential`: it is multiplied by `lrDecay` after every epoch, first after epoch `lrDecayAfter`.
     * `step`: it is multiplied by `lrDecay` after every `lrDecayAfter` epochs.
     * `cosine` and `linear`: it follows half a cosine, or a straight line, to 0 at iteration `lrDecayOver`, and stays there.
     * `plateau`: it is multiplied by `lrDecay` whenever the validation error has not fallen for more than `patience` validations.
     */
    schedule: oneOf(SCHEDULE_NAMES).default("exponential"),
    /** Number of iterations at the start in which the learning rate rises linearly. The schedule starts after these iterations. */
    warmUp: whole().default(0),
    /**
     * Factor by which the schedules `exponential`, `step` and `plateau` multiply the learning rate. If a recipe names another schedule
     * than the default one and no factor, the factor is that of `LR_DECAYS`.
     */
    lrDecay: positive().default(DECAY),
    /**
     * `exponential`: the epoch after which the learning rate first changes. `step`: number of epochs between two changes. 0 counts
     * as 1. An epoch reads the training data once.
     */
    lrDecayAfter: whole().default(10),
    /** `cosine` and `linear`: number of iterations, including the warm-up, until the learning rate is 0. */
    lrDecayOver: whole(1).default(2000),
    /** `plateau`: number of validations in a row that may pass without a smaller error. After one more, the learning rate falls. */
    patience: whole().default(3),
    /**
     * Training ends early after this number of validations without a smaller error. If it is 0, training never ends early. The
     * error is the loss, unless the task has a different error.
     */
    earlyStop: whole().default(0),
    /**
     * Limit for clipping the gradients, see `clipBy`; 0: no clipping. Losses are averaged over streams or lines, but summed over
     * the steps. Longer sequences therefore have larger gradients. If you know a good limit for losses averaged over the steps,
     * multiply it by `seq`.
     */
    clip: numberFrom(0).default(5),
    /** `value` clips each element to `clip`. `norm` scales all gradients together so that their norm is at most `clip`. */
    clipBy: oneOf(["value", "norm"]).default("value"),
    /**
     * Final share of a decoder's inputs that come from the target (teacher forcing). The share starts at 1 and falls linearly. The
     * other inputs are the model's own predictions (scheduled sampling, Bengio et al. 2015). Only encoder-decoders and autoencoders
     * use it.
     */
    teacherForcing: share().default(1),
    /** Number of iterations in which the share of teacher forcing falls from 1 to `teacherForcing`. */
    teacherForcingOver: whole(1).default(2000),
    /**
     * Decay of the moving average of the weights (Polyak and Juditsky 1992). It is below 1, such as 0.999; 0: no average.
     * Validation and saved models use the averaged weights. In every iteration, (1 - `average`) * (weights - averaged weights) is
     * added to the averaged weights. In the first iterations, the factor is larger than 1 - `average`.
     */
    average: fraction().default(0),
    /** Seed of initial weights, dropout and the order of lines. */
    seed: whole().default(1),
  }),
);

/**
 * All settings of a training run, as plain JSON. `DEFAULT_RECIPE` has the defaults shown here, which are those of language models
 * of characters. Every other task has a recipe of its own, with which its trainer, `start` and the command line begin:
 * `languageModelRecipe("word")`, `labelRecipe`, `sequenceRecipe`, `generatorRecipe`, `embedderRecipe`, `transcriberRecipe` and
 * `forecasterRecipe`. A classifier, for example, stops early, although `earlyStop` is 0 here.
 */
export interface Recipe extends Infer<typeof recipeSchema> {}

/** The default recipe, which is that of char-rnn. */
export const DEFAULT_RECIPE: Recipe = removable(() => recipeSchema.defaults);

/** Returns a recipe with Adam and gradients clipped by norm. */
export const adamRecipe = (own: Partial<Recipe>): Recipe => ({
  ...DEFAULT_RECIPE,
  optimizer: "adam",
  clipBy: "norm",
  ...own,
});

type Parameters = Readonly<Record<string, Tensor>>;

const OPTIMIZERS: Record<Recipe["optimizer"], (parameters: Parameters, lr: number) => Optimizer> = {
  sgd: (parameters, lr) => new SGD(parameters, { lr, momentum: 0.9 }),
  rmsprop: (parameters, lr) => new RMSprop(parameters, { lr, alpha: 0.95, eps: 1e-8 }),
  adagrad: (parameters, lr) => new Adagrad(parameters, { lr }),
  adadelta: (parameters, lr) => new Adadelta(parameters, { lr }),
  adam: (parameters, lr) => new Adam(parameters, { lr }),
  adamw: (parameters, lr) => new AdamW(parameters, { lr }),
};

/** The default learning rate of each optimiser, if it is not the one of the default recipe. */
export const LEARNING_RATES: Readonly<Record<Recipe["optimizer"], number>> = {
  sgd: 0.01,
  rmsprop: RATE,
  adagrad: 0.02,
  adadelta: 1,
  adam: 0.002,
  adamw: 0.002,
};

/** The default of `lrDecay` for each schedule that multiplies the learning rate by `lrDecay`. */
export const LR_DECAYS: Partial<Record<Recipe["schedule"], number>> = {
  exponential: DECAY,
  step: 0.5,
  plateau: 0.5,
};

/**
 * Completes a recipe with defaults. If it has another optimiser than the defaults but no learning rate, it gets the rate of
 * `LEARNING_RATES`. If it has another schedule but no decay, it gets that of `LR_DECAYS`.
 *
 * @throws ERR_VALUE with the field, its value and what is expected
 *
 * @example
 * ```js
 * const defaults = languageModelRecipe("word");
 * console.log(checkRecipe({ optimizer: "adam" }, defaults).lr); // 0.006
 * console.log(checkRecipe({ optimizer: "sgd" }, defaults).lr); // 0.01
 * ```
 */
export function checkRecipe(recipe: unknown, defaults = DEFAULT_RECIPE): Recipe {
  const own = { ...defaults };
  const { optimizer = own.optimizer, schedule = own.schedule } = (recipe ?? {}) as Partial<Recipe>;
  return recipeSchema.check(recipe, "recipe", {
    ...own,
    ...(optimizer !== own.optimizer && { lr: LEARNING_RATES[optimizer] }),
    ...(schedule !== own.schedule && { lrDecay: LR_DECAYS[schedule] ?? DECAY }),
  });
}

/**
 * Returns a function that computes a factor of the learning rate from the number of iterations done. For the schedule `plateau`,
 * the function only does the warm-up, and `observeLoss` computes the factor that lowers the learning rate.
 */
export function makeSchedule(recipe: Recipe, iterationsPerEpoch: number): Schedule {
  const { schedule, lrDecay: gamma, lrDecayAfter: after, lrDecayOver, warmUp: units } = recipe;
  const byEpoch =
    (factor: Schedule): Schedule =>
    (done) =>
      factor(Math.floor(done / iterationsPerEpoch));
  const constant = () => 1;
  const then = {
    constant: () => constant,
    step: () => byEpoch(stepDecay({ every: Math.max(1, after), gamma })),
    exponential: () => byEpoch(exponentialDecay({ gamma, after })),
    cosine: () => cosine({ total: Math.max(1, lrDecayOver - units) }),
    linear: () => linear({ total: Math.max(1, lrDecayOver - units) }),
    plateau: () => constant,
  }[schedule]();
  return units ? warmUp({ units, then }) : then;
}

/**
 * Adds a validation to the summary of the previous validations.
 *
 * @param loss the validation error
 * @param seen summary of the previous validations
 */
export function observeLoss({ schedule, lrDecay, patience }: Recipe, loss: number, seen?: Plateau): Plateau {
  const limit = schedule === "plateau" ? patience : Number.POSITIVE_INFINITY;
  return onPlateau({ gamma: lrDecay, patience: limit })(loss, seen);
}

export function makeOptimizer(recipe: Recipe, parameters: Parameters): Optimizer {
  return OPTIMIZERS[recipe.optimizer](parameters, recipe.lr);
}

/** The fields of a recipe for clipping gradients. */
export type Clipping = Pick<Recipe, "clip" | "clipBy">;

/** Clips the gradients as the recipe says. */
export function clipGradients({ clip, clipBy }: Clipping, parameters: Parameters): void {
  if (clip === 0) return;
  if (clipBy === "norm") clipGradNorm(parameters, clip);
  else clipGradValue(parameters, clip);
}
