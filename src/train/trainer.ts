import { checkFunction } from "../checks.ts";
import type { TrainingBatches } from "../data/token-batch.ts";
import { UnrolledError } from "../errors.ts";
import type { TaskModel } from "../network/model.ts";
import type { StateDict } from "../nn/module.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { Plateau, Schedule } from "../optim/schedule.ts";
import { firstNonFinite } from "../runtime/finite.ts";
import { disposeState, type Evaluated, errorOf } from "./evaluate.ts";
import {
  type BatchGradients,
  type IterationBatch,
  lossAndGradients,
  type TrainingGroup,
} from "./gradients.ts";
import { checkFinite } from "./guard.ts";
import {
  checkRecipe,
  clipGradients,
  makeOptimizer,
  makeSchedule,
  observeLoss,
  type Recipe,
} from "./recipe.ts";
import { trainedParameters } from "./trained.ts";
import { WeightAverage } from "./weight-average.ts";

/** The progress of a trainer, without the weights and the optimiser's moments. @internal */
export interface TrainerPlace {
  readonly iteration: number;
  readonly state?: RecurrentState | undefined;
  readonly plateau?: Plateau | undefined;
  /** The moving average of the weights, if the recipe has one. */
  readonly average?: StateDict | undefined;
}

/** Runs training iterations for a model of any task. Subclasses add the parts that depend on the task. */
export abstract class Trainer<M extends TaskModel = TaskModel, E extends Evaluated = Evaluated> {
  /** The model in training. */
  readonly model: M;
  /** The optimiser of its parameters. */
  readonly optimizer: Optimizer;
  /** Training has diverged if the loss of a batch is above this limit. */
  abstract readonly divergenceLoss: number;
  readonly #source: TrainingBatches<Parameters<M["loss"]>[0]>;
  #recipe: Recipe;
  /** The factor of the learning rate after a number of iterations. For the notes of a run. @internal */
  schedule: Schedule;
  /** The weights and the optimiser's moments before the current iteration. */
  #snapshot: { model: StateDict; optimizer: ReturnType<Optimizer["stateDict"]> } | undefined;
  #average: WeightAverage | undefined;
  #state: RecurrentState | undefined;
  #plateau: Plateau | undefined;
  #iteration = 0;
  #symbols = 0;
  #lastGradientsFinite = true;

  /** @param recipe checked and complete */
  constructor(model: M, recipe: Recipe, source: TrainingBatches<Parameters<M["loss"]>[0]>) {
    this.model = model;
    this.#recipe = recipe;
    this.#source = source;
    this.schedule = makeSchedule(recipe, source.perEpoch);
    this.optimizer = makeOptimizer(recipe, trainedParameters(model));
    if (recipe.average) this.#average = new WeightAverage(recipe.average, model.parameters());
  }

  /**
   * Evaluates the part of the data held out for validation.
   *
   * @param model the model to evaluate, with the same vocabulary; default: the model in training
   * @throws ERR_NAN if the loss or an output of the model is not finite
   */
  abstract validate(model?: M): E;

  /**
   * Evaluates the part of the data held out for a final test. This part has no influence on training. Returns undefined if there
   * is no test part.
   *
   * @param _model the model to evaluate, such as the saved model, with the same vocabulary; default: the model in training
   * @throws ERR_NAN if the loss or an output of the model is not finite
   */
  test(_model?: M): E | undefined {
    return undefined;
  }

  /** Whether each iteration starts from the final recurrent state of the previous iteration; default false. */
  get carriesState(): boolean {
    return false;
  }

  /** The settings of the run. */
  get recipe(): Recipe {
    return this.#recipe;
  }

  /**
   * Sets the numbers of iterations over which the learning rate and teacher forcing fall. Call it before a run's first
   * iteration.
   *
   * @throws ERR_VALUE if a number is invalid
   */
  setLengths(lengths: Partial<Pick<Recipe, "lrDecayOver" | "teacherForcingOver">>): void {
    this.#recipe = checkRecipe({ ...this.#recipe, ...lengths });
    this.schedule = makeSchedule(this.#recipe, this.iterationsPerEpoch);
  }

  /** Number of iterations done. */
  get iteration(): number {
    return this.#iteration;
  }

  /** Number of iterations in an epoch. */
  get iterationsPerEpoch(): number {
    return this.#source.perEpoch;
  }

  /** Number of symbols that this trainer has read in training. */
  get symbols(): number {
    return this.#symbols;
  }

  /** Recurrent state from which the next iteration starts; undefined if it starts from zero. */
  get state(): RecurrentState | undefined {
    return this.#state;
  }

  /** State of the schedule `plateau` and of early stopping after the last validation; undefined before the first validation. */
  get plateau(): Plateau | undefined {
    return this.#plateau;
  }

  /** The moving average of the weights, if the recipe has one. */
  get average(): StateDict | undefined {
    return this.#average?.weights;
  }

  /**
   * Calls `use` while the model has the averaged weights, and then restores the model's own weights. If the recipe has no
   * average, the model keeps its own weights during the call.
   */
  averaged<T>(use: () => T): T {
    checkFunction("averaged: use", use);
    if (!this.average) return use();
    const own = this.model.stateDict();
    this.model.restore({ ...own, ...this.average });
    try {
      return use();
    } finally {
      this.model.restore(own);
    }
  }

  /**
   * Continues from the progress of another trainer, for checkpoints. From then on, this trainer owns `state`, and frees it.
   *
   * @internal
   */
  continueFrom({ iteration, state, plateau, average }: TrainerPlace): void {
    if (average && this.#average) {
      this.#average = new WeightAverage(this.#average.decay, this.model.parameters(), average);
    }
    disposeState(this.#state);
    this.#state = state;
    this.#plateau = plateau;
    this.#iteration = iteration;
  }

  /**
   * Runs one iteration completely or not at all. After an error, the weights, the optimiser's moments and the random numbers
   * are as before.
   *
   * @returns mean loss of the batch (in nats per target), before the update
   * @throws ERR_NAN if the loss, a gradient or an updated parameter is not finite; ERR_STATE if the model's `dtype` is `int8`
   */
  step(): number {
    const undo = this.#begin();
    try {
      const batch = this.#next();
      return this.#update(() => lossAndGradients(this.model, batch));
    } catch (error) {
      throw undo(error);
    }
  }

  /**
   * Runs one iteration on several threads, completely or not at all, like `step`. Await the promise before the next iteration.
   *
   * @param group the threads, such as those of `startGroup`
   * @throws ERR_NAN as `step` does; ERR_STATE if a thread has ended
   */
  async stepWith(group: TrainingGroup): Promise<number> {
    checkFunction("stepWith: group.gradients", group?.gradients);
    const undo = this.#begin();
    try {
      return this.#update(await group.gradients(this.model, this.#next()));
    } catch (error) {
      throw undo(error);
    }
  }

  /** Returns the mini-batch of the next iteration, for the method `loss` of the model. The one after it may overwrite its arrays. */
  nextBatch(): Parameters<M["loss"]>[0] {
    return this.#source.training(this.#iteration);
  }

  #next(): IterationBatch {
    return {
      batch: this.nextBatch(),
      state: this.#state,
      iteration: this.#iteration + 1,
    };
  }

  /** Begins an iteration. @returns a function for the case of an error: it undoes the iteration and returns the given error */
  #begin(): (error: unknown) => unknown {
    const { model, optimizer } = this;
    if (model.dtype === "int8") {
      const advice =
        'train the one from before, or set its dtype to "f32" to continue from the rounded weights';
      throw new UnrolledError("ERR_STATE", `the model is quantised to int8; ${advice}`);
    }
    const { random } = model.runtime;
    const start = random.state;
    const snapshot = {
      model: model.stateDict(this.#snapshot?.model),
      optimizer: optimizer.stateDict(this.#snapshot?.optimizer),
    };
    this.#snapshot = snapshot;
    this.#lastGradientsFinite = false;
    optimizer.lr = this.recipe.lr * this.schedule(this.#iteration) * (this.#plateau?.factor ?? 1);
    model.train();
    return (error) => {
      model.restore(snapshot.model);
      optimizer.loadStateDict(snapshot.optimizer);
      random.state = start;
      return error;
    };
  }

  #update(gradients: () => BatchGradients): number {
    const { model, recipe, optimizer } = this;
    const iteration = this.#iteration + 1;
    const parameters = trainedParameters(model);
    const { value, symbols, state } = model.runtime.scope(() => {
      const { state, ...result } = gradients();
      // Checks the last layer first, as in backpropagation. The error then names the gradient that failed first.
      const last = Object.entries(parameters).reverse();
      const named = Object.fromEntries(last.map(([name, { grad }]) => [name, grad]));
      checkFinite(iteration, "the gradient of ", named);
      clipGradients(recipe, parameters);
      this.#lastGradientsFinite = true;
      optimizer.step();
      checkFinite(iteration, "after the update, the parameter ", parameters);
      return { ...result, ...(state && { state }) };
    });
    disposeState(this.#state);
    this.#state = state;
    this.#average?.update(parameters, this.#iteration);
    this.#iteration++;
    this.#symbols += symbols;
    return value;
  }

  /** Records a validation, for the schedule `plateau` and early stopping. */
  observe(evaluation: E): void {
    this.#plateau = observeLoss(this.recipe, errorOf(evaluation), this.#plateau);
  }

  /** Whether `earlyStop` validations or more have passed since the smallest validation error. False if `earlyStop` is 0. */
  get earlyStopReached(): boolean {
    const { earlyStop } = this.recipe;
    return earlyStop > 0 && (this.#plateau?.waited ?? 0) >= earlyStop;
  }

  /** For `train`: whether all parameters are finite. @internal */
  get finite(): boolean {
    return !firstNonFinite(this.model.parameters());
  }

  /**
   * For `train`: whether the last iteration's loss and gradients were finite. If they were finite and the iteration
   * still failed, the update was the cause. Training can then continue from the restored weights with a lower learning rate.
   *
   * @internal
   */
  get lastGradientsFinite(): boolean {
    return this.#lastGradientsFinite;
  }

  /** Frees the optimiser and the recurrent state, but not the model. */
  dispose(): void {
    this.optimizer.dispose();
    disposeState(this.#state);
    this.#state = undefined;
  }
}
