import type { TrainingBatches } from "../data/token-batch.ts";
import type { TaskModel } from "../network/model.ts";
import type { StateDict } from "../nn/module.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { Plateau, Schedule } from "../optim/schedule.ts";
import { disposeState, type Evaluated, errorOf } from "./evaluate.ts";
import {
  type BatchGradients,
  type IterationBatch,
  lossAndGradients,
  type TrainingGroup,
} from "./gradients.ts";
import { checkFinite, firstNonFinite } from "./guard.ts";
import {
  checkRecipe,
  clipGradients,
  makeOptimizer,
  makeSchedule,
  observeLoss,
  type Recipe,
} from "./recipe.ts";
import { WeightAverage } from "./weight-average.ts";

/** Where a trainer stands, besides weights and moments. @internal */
export interface TrainerPlace {
  readonly iteration: number;
  readonly state?: RecurrentState | undefined;
  readonly plateau?: Plateau | undefined;
  /** Of a recipe with `average`. */
  readonly average?: StateDict | undefined;
}

/** One training iteration after the other, for a model of any task. What differs by task is in the classes below it. */
export abstract class Trainer<M extends TaskModel = TaskModel, E extends Evaluated = Evaluated> {
  readonly model: M;
  readonly optimizer: Optimizer;
  /** Loss of a batch beyond which a network cannot be learning. */
  abstract readonly divergenceLoss: number;
  readonly #source: TrainingBatches<Parameters<M["loss"]>[0]>;
  #recipe: Recipe;
  #schedule: Schedule;
  /** The weights and moments before the iteration under way. */
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
    this.#schedule = makeSchedule(recipe, source.perEpoch);
    this.optimizer = makeOptimizer(recipe, model.parameters());
    if (recipe.average) this.#average = new WeightAverage(recipe.average, model.parameters());
  }

  /** The part held out for validation. @param model as for `test` @throws ERR_NAN */
  abstract validate(model?: M): E;

  /**
   * The part held out for a test at the end, which decides nothing in training; undefined where there is none, as by default.
   *
   * @param model default the one in training; another, such as the best one, has to have its vocabulary
   * @throws ERR_NAN
   */
  test(_model?: M): E | undefined {
    return undefined;
  }

  /** Whether an iteration begins with the state that the one before it ended with; by default it does not. */
  get carriesState(): boolean {
    return false;
  }

  get recipe(): Recipe {
    return this.#recipe;
  }

  /** Sets over how many iterations rate and teacher forcing fall, before the first of a run. @throws ERR_VALUE */
  setLengths(lengths: Partial<Pick<Recipe, "lrDecayOver" | "teacherForcingOver">>): void {
    this.#recipe = checkRecipe({ ...this.#recipe, ...lengths });
    this.#schedule = makeSchedule(this.#recipe, this.iterationsPerEpoch);
  }

  /** Iterations done. */
  get iteration(): number {
    return this.#iteration;
  }

  /** Iterations that read the training part once. */
  get iterationsPerEpoch(): number {
    return this.#source.perEpoch;
  }

  /** Symbols that this trainer has read in training. */
  get symbols(): number {
    return this.#symbols;
  }

  /** State that the next iteration begins with; undefined where it begins from zero. */
  get state(): RecurrentState | undefined {
    return this.#state;
  }

  /** The validations that were observed; undefined before the first. */
  get plateau(): Plateau | undefined {
    return this.#plateau;
  }

  /** The moving average of the weights, where the recipe has one. */
  get average(): StateDict | undefined {
    return this.#average?.weights;
  }

  /** Calls `use` while the model has the averaged weights, where the recipe has an average. */
  averaged<T>(use: () => T): T {
    if (!this.average) return use();
    const own = this.model.stateDict();
    this.model.loadStateDict({ ...own, ...this.average });
    try {
      return use();
    } finally {
      this.model.loadStateDict(own);
    }
  }

  /** For checkpoints: puts the trainer where another stood. Takes over the state. @internal */
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
   * One iteration, all or nothing: after an error, weights, moments and random numbers are those before it.
   *
   * @returns mean loss of the batch (in nats a target), before the update
   * @throws ERR_NAN where the loss, a gradient or an updated parameter is not finite
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
   * One iteration on several threads, all or nothing as `step`. The next one may begin when it has ended.
   *
   * @throws ERR_NAN; ERR_STATE where a thread has ended
   */
  async stepWith(group: TrainingGroup): Promise<number> {
    const undo = this.#begin();
    try {
      return this.#update(await group.gradients(this.model, this.#next()));
    } catch (error) {
      throw undo(error);
    }
  }

  #next(): IterationBatch {
    return {
      batch: this.#source.training(this.#iteration),
      state: this.#state,
      iteration: this.#iteration + 1,
    };
  }

  /** @returns puts everything back, and returns the error that it is given */
  #begin(): (error: unknown) => unknown {
    const { model, optimizer } = this;
    const { random } = model.runtime;
    const start = random.state;
    const snapshot = {
      model: model.stateDict(this.#snapshot?.model),
      optimizer: optimizer.stateDict(this.#snapshot?.optimizer),
    };
    this.#snapshot = snapshot;
    this.#lastGradientsFinite = false;
    optimizer.lr = this.recipe.lr * this.#schedule(this.#iteration) * (this.#plateau?.factor ?? 1);
    model.train();
    return (error) => {
      model.loadStateDict(snapshot.model);
      optimizer.loadStateDict(snapshot.optimizer);
      random.state = start;
      return error;
    };
  }

  #update(gradients: () => BatchGradients): number {
    const { model, recipe, optimizer } = this;
    const iteration = this.#iteration + 1;
    const parameters = model.parameters();
    const { value, symbols, state } = model.runtime.scope(() => {
      const { state, ...result } = gradients();
      // In the order of the backward pass, from the last layer to the first.
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

  /** Takes note of a validation, for the schedule `plateau` and for early stopping. */
  observe(evaluation: E): void {
    this.#plateau = observeLoss(this.recipe, errorOf(evaluation), this.#plateau);
  }

  /** Whether the validation error has not fallen for the recipe's `earlyStop` validations. */
  get earlyStopReached(): boolean {
    const { earlyStop } = this.recipe;
    return earlyStop > 0 && (this.#plateau?.waited ?? 0) >= earlyStop;
  }

  /** For `train`: whether all parameters are finite. @internal */
  get finite(): boolean {
    return !firstNonFinite(this.model.parameters());
  }

  /**
   * For `train`: whether the weights gave a finite loss and finite gradients in the last iteration: if it failed, it was its update, and a
   * lower rate can go on from them.
   *
   * @internal
   */
  get lastGradientsFinite(): boolean {
    return this.#lastGradientsFinite;
  }

  /** Frees the optimiser and the state; the model stays. */
  dispose(): void {
    this.optimizer.dispose();
    disposeState(this.#state);
    this.#state = undefined;
  }
}
