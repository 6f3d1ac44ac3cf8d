import { lineSequences, sequenceSource } from "../data/sequence-source.ts";
import { type BatchSource, streamSource, type TokenBatch } from "../data/token-batch.ts";
import type { LanguageModel } from "../models/language-model.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { Plateau, Schedule } from "../optim/schedule.ts";
import { disposeState, type Evaluation, evaluateBatches } from "./evaluate.ts";
import { checkFinite, firstNonFinite } from "./guard.ts";
import {
  checkRecipe,
  clipGradients,
  makeOptimizer,
  makeSchedule,
  observeLoss,
  type Recipe,
} from "./recipe.ts";
import { type TextFlow, windowsGradientFlow } from "./text-flow.ts";

/** Where a trainer stands, besides weights and moments. */
export interface TrainerPlace {
  readonly iteration: number;
  readonly state?: RecurrentState | undefined;
  readonly seen?: Plateau | undefined;
}

/**
 * Trains a language model by backpropagation through time. A text is laid out as `batch` streams, of which each iteration
 * reads the next `seq` steps; the state is carried over and the gradient is not (truncated). A model of lines reads `batch`
 * whole lines of similar length, each from a zero state. A tenth is held out, half of it for validation: the end of every
 * stream, or lines chosen by the seed.
 */
export class Trainer {
  readonly model: LanguageModel;
  readonly recipe: Recipe;
  readonly optimizer: Optimizer;
  readonly #source: BatchSource;
  readonly #schedule: Schedule;
  /** The weights and moments before the iteration under way. */
  #good:
    | { model: ReturnType<LanguageModel["stateDict"]>; optimizer: ReturnType<Optimizer["stateDict"]> }
    | undefined;
  #state: RecurrentState | undefined;
  #seen: Plateau | undefined;
  #iteration = 0;
  #symbols = 0;
  #sound = true;

  /**
   * @param ids the text in the model's vocabulary
   * @throws ERR_DATA where the text is too short for the batch, ERR_VALUE for a wrong recipe
   */
  constructor(model: LanguageModel, ids: Int32Array, recipe: Partial<Recipe>) {
    this.model = model;
    this.recipe = checkRecipe(recipe);
    this.#source = model.spec.lines
      ? sequenceSource(lineSequences(ids, model.vocabulary), this.recipe)
      : streamSource(ids, this.recipe);
    this.#schedule = makeSchedule(this.recipe, this.iterationsPerEpoch);
    this.optimizer = makeOptimizer(this.recipe, model.parameters());
  }

  /** Iterations done. */
  get iteration(): number {
    return this.#iteration;
  }

  /** Iterations that read the training part once. */
  get iterationsPerEpoch(): number {
    return this.#source.perEpoch;
  }

  /** Symbols that this trainer has predicted in training. */
  get symbols(): number {
    return this.#symbols;
  }

  /** State that the next iteration begins with; undefined before the first, and for lines. */
  get state(): RecurrentState | undefined {
    return this.#state;
  }

  /** The validation losses that were observed; undefined before the first. */
  get seen(): Plateau | undefined {
    return this.#seen;
  }

  /** For checkpoints: puts the trainer where another stood. Takes over the state. */
  continueFrom({ iteration, state, seen }: TrainerPlace): void {
    disposeState(this.#state);
    this.#state = state;
    this.#seen = seen;
    this.#iteration = iteration;
  }

  /**
   * One iteration, all or nothing: after an error, weights, moments and random numbers are those before it.
   *
   * @returns mean loss of the batch in nats a symbol, before the update
   * @throws ERR_NAN where the loss, a gradient or an updated parameter is not finite
   */
  step(): number {
    const { model, optimizer } = this;
    const { random } = model.runtime;
    const start = random.state;
    const good = {
      model: model.stateDict(this.#good?.model),
      optimizer: optimizer.stateDict(this.#good?.optimizer),
    };
    this.#good = good;
    this.#sound = false;
    optimizer.lr = this.recipe.lr * this.#schedule(this.#iteration) * (this.#seen?.factor ?? 1);
    model.train();
    try {
      const { value, state, counted } = this.#update(this.#source.training(this.#iteration));
      disposeState(this.#state);
      this.#state = state;
      this.#iteration++;
      this.#symbols += counted;
      return value;
    } catch (error) {
      model.loadStateDict(good.model);
      optimizer.loadStateDict(good.optimizer);
      random.state = start;
      throw error;
    }
  }

  #update({ steps, inputs, targets, lengths }: TokenBatch) {
    const { model, recipe, optimizer } = this;
    const rt = model.runtime;
    const iteration = this.#iteration + 1;
    const parameters = model.parameters();
    const B = inputs.length / steps;
    const counted = lengths ? lengths.reduce((sum, length) => sum + length) : inputs.length;
    return rt.scope(() => {
      const shape = [steps, B];
      const [x, y] = [rt.tensor(inputs, shape), rt.tensor(targets, shape)];
      const { loss, logits, state } = model.loss(x, y, this.#state, lengths);
      const value = loss.item();
      if (!Number.isFinite(value)) {
        checkFinite(iteration, "the parameter ", parameters);
        checkFinite(iteration, "the state ", { ...state });
        checkFinite(iteration, "", { "a logit": logits, "the loss": loss });
      }
      optimizer.zeroGrad();
      loss.backward(rt.tensor([counted / B], []));
      // In the order of the backward pass, from the last layer to the first.
      const gradients = Object.entries(parameters).reverse();
      const named = Object.fromEntries(gradients.map(([name, { grad }]) => [name, grad]));
      checkFinite(iteration, "the gradient of ", named);
      clipGradients(recipe, parameters);
      this.#sound = true;
      optimizer.step();
      checkFinite(iteration, "after the update, the parameter ", parameters);
      return { value, counted, ...(!lengths && { state }) };
    });
  }

  /** Mean loss on the part held out for validation. @throws ERR_NAN */
  validate(): Evaluation {
    return this.#evaluate("validation", this.model)!;
  }

  /**
   * Mean loss on the part held out for a test at the end, which decides nothing in training; undefined where there is too
   * little text for it.
   *
   * @param model default the one in training; another, such as the best one, has to have its vocabulary
   * @throws ERR_NAN
   */
  test(model = this.model): Evaluation | undefined {
    return this.#evaluate("test", model);
  }

  #evaluate(part: "validation" | "test", model: LanguageModel): Evaluation | undefined {
    return evaluateBatches(model, this.#source.heldOut(part), `iteration ${this.#iteration}: ${part}`);
  }

  /** How the gradient flows back through the first held-out batch, from a zero state. Changes nothing. */
  gradientFlow(): TextFlow {
    const [batch] = this.#source.heldOut("validation");
    return windowsGradientFlow(this.model, batch!, this.recipe, `iteration ${this.#iteration}: `);
  }

  /** Takes note of a validation loss, for the schedule `plateau` and for early stopping. */
  observe(loss: number): void {
    this.#seen = observeLoss(this.recipe, loss, this.#seen);
  }

  /** Whether the validation loss has not fallen for the recipe's `earlyStop` validations. */
  get exhausted(): boolean {
    const { earlyStop } = this.recipe;
    return earlyStop > 0 && (this.#seen?.waited ?? 0) >= earlyStop;
  }

  /** Whether all parameters are finite. */
  get finite(): boolean {
    return !firstNonFinite(this.model.parameters());
  }

  /**
   * Whether the weights gave a finite loss and finite gradients in the last iteration: if it failed, it was its update, and a
   * lower rate can go on from them.
   */
  get sound(): boolean {
    return this.#sound;
  }

  /** Frees the optimiser and the state; the model stays. */
  dispose(): void {
    this.optimizer.dispose();
    disposeState(this.#state);
    this.#state = undefined;
  }
}
