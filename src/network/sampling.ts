import { checkAtLeast, checkThat, checkWhole } from "../checks.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import type { Plan } from "../runtime/plan.ts";
import type { Random } from "../runtime/random.ts";
import type { Workspace } from "../runtime/workspace.ts";

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
 * Draws symbols with the probabilities that the logits give. Never draws the unknown symbol. Allocates nothing in the memory of the
 * runtime.
 *
 * @param logits address of the logits [V], one for each of the V symbols
 * @param work address of a buffer for 2 V floats
 * @param ids address where the ids of the drawn symbols are written
 * @param most maximum number of symbols
 * @param plan what runs after each draw, to compute the next logits; undefined: nothing
 * @param token address where each id is written before `plan` runs
 * @param end id of a symbol after which drawing stops, without running the plan; null: none
 * @param restart id of another such symbol
 * @returns the number of symbols. It is 0 if the logits are not finite
 * @throws ERR_VALUE if an option is invalid
 */
export function drawSymbols(
  runtime: Workspace,
  { size: V, unknownId }: Vocabulary,
  random: Random,
  options: SamplingOptions,
  logits: number,
  work: number,
  ids: number,
  most: number,
  plan: Plan | undefined,
  token: number,
  end: number | null,
  restart: number | null,
): number {
  const { temperature, topK, topP } = checkSampling(options);
  const drawn = runtime.kernels.draw_symbols(
    ids,
    most,
    plan?.start ?? 0,
    plan?.calls ?? 0,
    token,
    unknownId ?? -1,
    end ?? -1,
    restart ?? -1,
    logits,
    V,
    Math.min(temperature, HOTTEST),
    Math.min(topK, V),
    topP,
    work,
    random.seed,
    random.take(0),
  );
  random.take(drawn);
  return drawn;
}
