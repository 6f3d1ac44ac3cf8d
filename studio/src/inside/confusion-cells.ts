import type { ConfusionOfPart } from "../desk/pictures.ts";

/** A cell of the matrix. */
export interface Cell {
  readonly right: string;
  readonly predicted: string;
}

/** Returns the cell with the most errors; undefined if there are none. */
export function mostConfused({
  labels,
  counts,
}: Pick<ConfusionOfPart, "labels" | "counts">): Cell | undefined {
  let [best, most] = [-1, 0];
  counts.forEach((count, at) => {
    const isRight = Math.floor(at / labels.length) === at % labels.length;
    if (!isRight && count > most) [best, most] = [at, count];
  });
  if (best < 0) return undefined;
  return { right: labels[Math.floor(best / labels.length)]!, predicted: labels[best % labels.length]! };
}

/** An example in the list of a cell. */
export interface Listed {
  readonly index: number;
  readonly text: string;
  /** Probability of the label that was given, if that is wrong. */
  readonly probability?: number;
}

/** Returns the examples of a cell, the errors that the model is most sure of first. */
export function examplesIn(
  { examples, errors }: Pick<ConfusionOfPart, "examples" | "errors">,
  { right, predicted }: Cell,
): Listed[] {
  if (right !== predicted) {
    return errors
      .filter((error) => error.right === right && error.predicted === predicted)
      .map(({ index, probability }) => ({ index, text: examples[index]!.text, probability }));
  }
  const wrong = new Set(errors.map(({ index }) => index));
  return examples.flatMap(({ text, label }, index) =>
    label === right && !wrong.has(index) ? [{ index, text }] : [],
  );
}
