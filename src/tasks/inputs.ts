/** Returns whether an input is empty, because its line is blank. */
function isBlank(input: unknown): boolean {
  return (typeof input === "string" || Array.isArray(input)) && input.length === 0;
}

/**
 * Predicts for the inputs that a task has read from data. The answer to an empty input is `blank`, so that every line has an answer.
 *
 * @param predict called with the inputs that are not empty
 */
export function answerInputs<I, A>(
  inputs: readonly I[],
  predict: (inputs: readonly I[]) => readonly A[],
  blank: A,
): A[] {
  const filled = inputs.filter((input) => !isBlank(input));
  const answers = (filled.length ? predict(filled) : []).values();
  return inputs.map((input) => (isBlank(input) ? blank : answers.next().value!));
}
