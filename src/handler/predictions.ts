import { checkList } from "../checks.ts";
import { counted } from "../errors.ts";
import type { PackedForecaster } from "../models/forecaster/stream.ts";
import type { PackedLanguageModel } from "../models/language-model/stream.ts";
import type { Compute } from "./batcher.ts";
import { badRequest } from "./failure.ts";

/** Any model that predicts. */
interface Predictor {
  predict?(inputs: readonly unknown[]): ReturnType<Compute>;
  encode?(inputs: readonly unknown[]): readonly unknown[];
}

/**
 * Returns what computes the outputs of inputs, or undefined if the model cannot.
 *
 * @param packed the packed weights of a model with states
 */
export function predictionsOf(model: Predictor, packed: object, task: string): Compute | undefined {
  if (task === "language-model") {
    return (texts) => texts.map((text) => (packed as PackedLanguageModel).score(text as string));
  }
  if (task === "forecaster")
    return (inputs) => inputs.map((input) => forecast(packed as PackedForecaster, input));
  if (task === "embedder") return (inputs) => model.encode!(inputs);
  if (!model.predict) return undefined;
  return (inputs) => {
    const outputs = model.predict!(inputs);
    return outputs instanceof Promise
      ? outputs.then((all) => expectEach(all, inputs))
      : expectEach(outputs, inputs);
  };
}

/** Returns the outputs. @throws Error if there is not one for each input */
function expectEach(outputs: readonly unknown[], inputs: readonly unknown[]): readonly unknown[] {
  const { length } = checkList("outputs", outputs);
  if (length === inputs.length) return outputs;
  throw new Error(`predict returned ${counted(length, "output", "outputs")}, expected ${inputs.length}`);
}

/** Forecasts the rows after those of an input, up to the model's horizon. */
function forecast(packed: PackedForecaster, rows: unknown): number[][] {
  if (!Array.isArray(rows) || !rows.length) throw badRequest("an input is no list of rows");
  const stream = packed.stream();
  try {
    for (const row of rows) stream.push(row);
    return stream.forecast();
  } finally {
    stream.dispose();
  }
}
