import { checkInstance, checkList, checkTexts } from "../checks.ts";
import { counted, UnrolledError } from "../errors.ts";
import { FeatureScaling, type Vector } from "./feature-scaling.ts";
import type { Step } from "./labelled.ts";
import { Vocabulary } from "./vocabulary.ts";

/** A sequence that a model reads: a text, or a list of vectors. */
export type SequenceInput = string | readonly Vector[];

/** Returns the steps, which must be tokens. @throws ERR_DATA if a step is a vector */
export function wordsOf(tokens: readonly Step[]): readonly string[] {
  const wrong = checkList("tokens", tokens).findIndex((token) => typeof token !== "string");
  if (wrong < 0) return tokens as readonly string[];
  throw new UnrolledError("ERR_DATA", `step ${wrong + 1} is a vector, but the model reads tokens`);
}

/**
 * Returns the inputs of a model, which must be texts, or lists of vectors if it reads vectors.
 *
 * @param features numbers in a vector; 0 if the model reads texts
 * @throws ERR_DATA if an input is of the other kind; ERR_VALUE if it is neither
 */
export function checkInputs<I extends SequenceInput>(
  name: string,
  inputs: readonly I[],
  features: number,
): readonly I[] {
  const wrong = checkList(name, inputs).findIndex((input) =>
    features ? typeof input === "string" : Array.isArray(input),
  );
  if (wrong >= 0) {
    const [given, read] = features
      ? ["a text", `vectors of ${counted(features, "number", "numbers")}`]
      : ["a list of vectors", "texts"];
    throw new UnrolledError("ERR_DATA", `input ${wrong + 1} is ${given}, but the model reads ${read}`);
  }
  if (features) for (const input of inputs) checkList(name, input as readonly Vector[]);
  else checkTexts(name, inputs);
  return inputs;
}

/**
 * Returns the table that turns the steps of sequences into numbers: the scaling if a model reads vectors, else the vocabulary.
 *
 * @param features numbers in a vector; 0 if the model reads tokens
 * @throws ERR_VALUE if the table is missing, if there is one of the other kind too, or if the scaling has another width
 */
export function stepTable(
  features: number,
  vocabulary: Vocabulary | undefined,
  scaling: FeatureScaling | undefined,
): Vocabulary | FeatureScaling {
  if (!features && scaling === undefined)
    return checkInstance("a table", vocabulary!, Vocabulary, "a Vocabulary");
  if (features && vocabulary === undefined) {
    checkInstance("scaling", scaling!, FeatureScaling, "a FeatureScaling");
    if (scaling!.width === features) return scaling!;
  }
  const given = scaling ? `a scaling of ${counted(scaling.width, "feature", "features")}` : "no scaling";
  const expected = features ? "expected a scaling of as many, and no vocabulary" : "expected a vocabulary";
  throw new UnrolledError(
    "ERR_VALUE",
    `spec: features is ${features}, but the tables have ${given}${vocabulary ? " and a vocabulary" : ""}; ${expected}`,
  );
}
