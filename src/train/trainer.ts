import { splitBatches, TextBatches } from "../data/text-batches.ts";
import { UnrolledError } from "../errors.ts";
import type { LanguageModel } from "../models/language-model.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { exponentialDecay, type Schedule } from "../optim/schedule.ts";
import { disposeState, type Evaluation, EvaluationRun } from "./evaluate.ts";
import { checkRecipe, clipGradients, makeOptimizer, type Recipe } from "./recipe.ts";
import { type TextFlow, windowsGradientFlow } from "./text-flow.ts";

/**
 * Trains a language model by truncated backpropagation through time: the text is laid out as `batch` streams, each
 * iteration reads the next `seq` steps of all of them, the state is carried over and the gradient is not. The last tenth
 * of every stream is held out, half of it for validation.
 */
export class Trainer {
  readonly model: LanguageModel;
  readonly recipe: Recipe;
  readonly optimizer: Optimizer;
  readonly #batches: TextBatches;
  readonly #split: ReturnType<typeof splitBatches>;
  readonly #schedule: Schedule;
  readonly #inputs: Int32Array;
  readonly #targets: Int32Array;
  #state: RecurrentState | undefined;
  #iteration = 0;

  /**
   * @param ids the text in the model's vocabulary
   * @throws ERR_DATA where the text is too short for the batch, ERR_VALUE for a wrong recipe
   */
  constructor(model: LanguageModel, ids: Int32Array, recipe: Recipe) {
    const { batch, seq, lrDecay, lrDecayAfter } = checkRecipe(recipe);
    this.model = model;
    this.recipe = recipe;
    this.#batches = new TextBatches(ids, { batch, seq });
    this.#split = splitBatches(this.#batches.count);
    this.#schedule = exponentialDecay({ gamma: lrDecay, after: lrDecayAfter });
    this.#inputs = new Int32Array(batch * seq);
    this.#targets = new Int32Array(batch * seq);
    this.optimizer = makeOptimizer(recipe, model.parameters());
  }

  /** Iterations done. */
  get iteration(): number {
    return this.#iteration;
  }

  /** Iterations that read the training part once. */
  get iterationsPerEpoch(): number {
    return this.#split.train.end - this.#split.train.start;
  }

  /** State that the next iteration begins with; undefined before the first. */
  get state(): RecurrentState | undefined {
    return this.#state;
  }

  /** For checkpoints: puts the trainer where another stood. Takes over the state. */
  continueFrom(iteration: number, state: RecurrentState | undefined): void {
    disposeState(this.#state);
    this.#state = state;
    this.#iteration = iteration;
  }

  /**
   * One iteration.
   *
   * @returns mean loss of the batch in nats a symbol, before the update
   * @throws ERR_NAN where loss or gradient is not finite; the parameters are then those of the iteration before
   */
  step(): number {
    const { model, recipe, optimizer } = this;
    const { batch, seq } = recipe;
    const rt = model.runtime;
    const before = this.#state;
    const place = this.#iteration % this.iterationsPerEpoch;
    this.#batches.inputs(this.#split.train.start + place, this.#inputs);
    this.#batches.targets(this.#split.train.start + place, this.#targets);
    optimizer.lr = recipe.lr * this.#schedule(Math.floor(this.#iteration / this.iterationsPerEpoch));
    model.train();
    const result = rt.scope(() => {
      const shape = [seq, batch];
      const { loss, state } = model.loss(
        rt.tensor(this.#inputs, shape),
        rt.tensor(this.#targets, shape),
        before,
      );
      optimizer.zeroGrad();
      loss.backward(rt.tensor([seq], []));
      const value = loss.item();
      this.#checkFinite(value);
      clipGradients(recipe, model.parameters());
      optimizer.step();
      return { value, state };
    });
    disposeState(before);
    this.#state = result.state;
    this.#iteration++;
    return result.value;
  }

  #checkFinite(loss: number): void {
    const where = `iteration ${this.#iteration + 1}`;
    const remedy = "lower the learning rate or clip harder; the parameters are still those before it";
    for (const [name, { runtime, size, grad }] of Object.entries(this.model.parameters())) {
      const index = runtime.kernels.first_nonfinite(grad!.ptr, size);
      if (index < 0) continue;
      const value = grad!.data[index];
      throw new UnrolledError(
        "ERR_NAN",
        `${where}: the gradient of ${name} is ${value} at element ${index}; ${remedy}`,
      );
    }
    if (!Number.isFinite(loss))
      throw new UnrolledError("ERR_NAN", `${where}: the loss is ${loss}; ${remedy}`);
  }

  /** Mean loss on the held-out part, from a zero state. */
  validate(): Evaluation {
    const { batch, seq } = this.recipe;
    const { start, end } = this.#split.validation;
    const inputs = new Int32Array(batch * seq);
    const targets = new Int32Array(batch * seq);
    const run = new EvaluationRun(this.model, batch);
    try {
      for (let i = start; i < end; i++) {
        this.#batches.inputs(i, inputs);
        this.#batches.targets(i, targets);
        run.add(inputs, targets, seq);
      }
      return run.result(`iteration ${this.#iteration}: validation`);
    } finally {
      run.dispose();
    }
  }

  /** How the gradient flows back through the first held-out batch, each stream from a zero state. Changes nothing. */
  gradientFlow(): TextFlow {
    const { batch, seq } = this.recipe;
    const { start } = this.#split.validation;
    const inputs = new Int32Array(batch * seq);
    const targets = new Int32Array(batch * seq);
    this.#batches.inputs(start, inputs);
    this.#batches.targets(start, targets);
    return windowsGradientFlow(this.model, { steps: seq, inputs, targets }, this.recipe);
  }

  /** Frees the optimiser and the state; the model stays. */
  dispose(): void {
    this.optimizer.dispose();
    disposeState(this.#state);
    this.#state = undefined;
  }
}
