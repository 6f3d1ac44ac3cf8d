/** A copy of a model's weights, packed for fast text generation. */
interface Writer<Options> {
  generate(options: Options): Iterable<string>;
  dispose(): void;
}

/**
 * Writes text symbol by symbol with packed weights, then frees the weights.
 *
 * @throws the errors of `generate`. They are thrown by this call, before the first symbol is read.
 */
export function writePacked<Options>(packed: Writer<Options>, options: Options): Iterable<string> {
  try {
    return freeing(packed, packed.generate(options));
  } catch (error) {
    packed.dispose();
    throw error;
  }
}

function* freeing(packed: Writer<never>, symbols: Iterable<string>): Generator<string> {
  try {
    yield* symbols;
  } finally {
    packed.dispose();
  }
}
