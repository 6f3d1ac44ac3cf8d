import { checkAtLeast, checkThat, checkWhole } from "../checks.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import type { Random } from "../runtime/random.ts";
import type { Workspace } from "../runtime/workspace.ts";
import { damaged } from "./damaged.ts";

/** Options for drawing symbols at random. */
export interface SamplingOptions {
  /**
   * Number that divides the logits. Below 1, draws are more cautious. Above 1, draws are more varied. With 0, the most likely
   * symbol is always drawn. Default 1.
   */
  temperature?: number;
  /** Draw only from the `topK` most likely symbols. With 0 (default), all symbols can be drawn. */
  topK?: number;
  /**
   * Draw only from the most likely symbols: as few as possible, but with probabilities that sum to at least `topP`. With 1
   * (default), all symbols can be drawn.
   */
  topP?: number;
}

export const SAMPLING_NAMES = "temperature topK topP";

/**
 * Upper limit for the temperature. A higher temperature is lowered to this limit. The drawn symbols stay the same. Without the
 * limit, 1 / temperature could be 0 in float32. Then 0 times a logit of -Infinity would be NaN.
 */
const HOTTEST = 1e30;

/** Checks the options and fills in the defaults. @throws ERR_VALUE if an option is invalid */
export function checkSampling({
  temperature = 1,
  topK = 0,
  topP = 1,
}: SamplingOptions): Required<SamplingOptions> {
  checkAtLeast("temperature", temperature);
  checkWhole("topK", topK);
  checkThat("topP", topP, typeof topP === "number" && topP > 0 && topP <= 1, "above 0 to 1");
  return { temperature, topK, topP };
}

/**
 * Draws a symbol with the probabilities that the logits give. Never draws the unknown symbol. Allocates nothing.
 *
 * @param logits address of the logits [V], one for each of the V symbols
 * @param work address of a buffer for 2 V floats
 * @throws ERR_VALUE if an option is invalid, ERR_NAN if the logits are not finite
 */
export function drawSymbol(
  runtime: Workspace,
  logits: number,
  { size: V, unknownId }: Vocabulary,
  work: number,
  random: Random,
  options: SamplingOptions,
): number {
  const { temperature, topK, topP } = checkSampling(options);
  const place = unknownId === null ? undefined : runtime.floats(logits + 4 * unknownId, 1);
  const unknown = place?.[0];
  if (place) place[0] = -Infinity;
  const heat = Math.min(temperature, HOTTEST);
  const block = random.take(1);
  const symbol = runtime.kernels.sample(logits, V, heat, Math.min(topK, V), topP, work, random.seed, block);
  if (place) place[0] = unknown!;
  if (symbol < 0) throw damaged("the logits are not finite");
  return symbol;
}
