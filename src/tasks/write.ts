/** Weights that were packed to write with them. */
interface Writer<Options> {
  generate(options: Options): Iterable<string>;
  dispose(): void;
}

/** What packed weights write, symbol by symbol; then they are freed. @throws at once what `generate` does */
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
