import { checkInstance, checkObjects, checkOptions } from "../../checks.ts";
import { eachBatch } from "../../data/batches.ts";
import type { Parts } from "../../data/hold-out.ts";
import { UnrolledError } from "../../errors.ts";
import { halveLong, READ } from "../../network/read.ts";
import { batchRoom, stepsOf } from "../../network/training-memory.ts";
import { type Evaluation, evaluation, meanLoss } from "../../train/evaluate.ts";
import { adamRecipe, checkRecipe, type Recipe } from "../../train/recipe.ts";
import { Trainer } from "../../train/trainer.ts";
import type { Conditioned } from "./examples.ts";
import { ConditionalGenerator } from "./model.ts";

/**
 * Returns the default recipe of a generator. It uses Adam, batches of 64 and a moving average of the weights. Training stops
 * early after five validations without a smaller loss. Gradients are clipped by norm at 50. This limit is high because gradients
 * are summed over the steps of a sequence.
 */
export const generatorRecipe = (): Recipe =>
  adamRecipe({ batch: 64, lr: 0.005, schedule: "constant", earlyStop: 5, clip: 50, average: 0.999 });

/**
 * Evaluates how well a generator predicts sequences from their conditions. The final `<EOS>` counts as a symbol.
 *
 * @param subject prefix of error messages
 * @throws ERR_DATA if there are no examples, or if a condition is invalid; ERR_NAN if the loss is not finite
 */
export function evaluateGenerator(
  model: ConditionalGenerator,
  examples: readonly Conditioned[],
  subject = "evaluation",
): Evaluation {
  checkInstance("evaluateGenerator: model", model, ConditionalGenerator, "a ConditionalGenerator");
  checkObjects("evaluateGenerator: examples", examples);
  if (examples.length === 0) throw new UnrolledError("ERR_DATA", `${subject}: there are no examples`);
  const batches = model.batches(examples, { batch: READ, split: halveLong });
  const { nats, counted } = meanLoss(model, eachBatch(batches), subject);
  return evaluation(nats, counted);
}

/**
 * Trains a generator on whole sequences. The sequences of a batch have similar lengths. The input of each step is the correct
 * previous symbol (teacher forcing).
 */
export class GeneratorTrainer extends Trainer<ConditionalGenerator, Evaluation> {
  readonly #validation: readonly Conditioned[];

  /**
   * Makes a trainer for a model.
   *
   * @param recipe settings that differ from `generatorRecipe()`
   * @throws ERR_DATA if one of `parts` has no examples, or if a condition is invalid; ERR_VALUE if the recipe is invalid
   */
  constructor(model: ConditionalGenerator, parts: Parts<Conditioned>, recipe: Partial<Recipe> = {}) {
    const { train, validation } = checkOptions("GeneratorTrainer: parts", parts, "train validation");
    checkInstance("model", model, ConditionalGenerator, "a ConditionalGenerator");
    checkObjects("train", train);
    checkObjects("validation", validation);
    if (validation.length === 0) {
      throw new UnrolledError("ERR_DATA", "no examples to validate with, expected at least one");
    }
    model.batches(validation, { batch: READ });
    const whole = checkRecipe(recipe, generatorRecipe());
    const { batch, seed } = whole;
    const lengths = train.map(({ tokens }) => tokens.length);
    const room = batchRoom(model, model.vocabulary.size, batch, stepsOf(lengths));
    const batches = model.batches(train, { batch, seed, room });
    super(model, whole, { perEpoch: batches.count, training: (iteration) => batches.at(iteration) });
    this.#validation = validation;
  }

  override get divergenceLoss(): number {
    return 2 * Math.log(this.model.vocabulary.size);
  }

  override validate(model = this.model): Evaluation {
    return evaluateGenerator(model, this.#validation, `iteration ${this.iteration}: validation`);
  }
}
