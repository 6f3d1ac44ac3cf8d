import type { Vocabulary } from "../../data/vocabulary.ts";
import { networkSchema } from "../../network/spec.ts";
import { storedRecurrent } from "../../network/stored-network.ts";
import type { StoredWeights } from "../../network/stored-weights.ts";
import { PackedLayers } from "../../nn/stream/layers.ts";
import { Packed } from "../../nn/stream/packed.ts";
import { runSequence } from "../../nn/stream/sequence.ts";
import { eachPart, type Weight } from "../../runtime/weight.ts";
import type { LabelSpec } from "./spec.ts";
import { spell } from "./spellings.ts";

/** The packed weights of a `CharacterEncoder`. Freed by `dispose`. */
export class PackedSpeller extends Packed {
  readonly #vocabulary: Vocabulary;
  readonly #width: number;
  /** Address of the vectors of the characters. */
  readonly #vectors: number;
  readonly #recurrent: PackedLayers;

  constructor(
    weights: StoredWeights,
    { characters: width, characterHidden: hidden }: LabelSpec,
    vocabulary: Vocabulary,
  ) {
    const { runtime: rt } = weights;
    super(rt);
    this.#vocabulary = vocabulary;
    this.#width = width;
    const table = weights.weight("characters.embedding.weight", vocabulary.size, width);
    const spec = { ...networkSchema.defaults, hidden, layers: 1, bidirectional: true };
    const rnn = storedRecurrent(weights, "characters.rnn.", spec, width, PackedLayers);
    [this.#vectors, this.#recurrent] = rt.frame(() => [rt.frame(() => copyOf(rt, table)), rnn.pack()]);
  }

  /** Writes the vector of each word, [words, 2 * hidden], to address `to` with rows of `ld` floats. */
  spell(words: readonly string[], to: number, ld: number): void {
    const { runtime: rt } = this;
    const k = rt.kernels;
    const E = this.#width;
    const size = this.#recurrent.outputSize;
    const { words: places, lengths, characters } = spell([words], words.length, this.#vocabulary);
    const W = lengths.length;
    const ends = rt.scratch(W * size);
    lengths.forEach((length, w) => {
      rt.frame(() => {
        const ids = rt.scratch(length);
        rt.ints(ids, length).set(Int32Array.from({ length }, (_, c) => characters[c * W + w]!));
        const x = rt.scratch(length * E);
        k.gather_rows(x, E, this.#vectors, E, ids, length, E);
        k.copy_rows(ends + w * size * 4, size, runSequence(this.#recurrent, x, length).states, size, 1, size);
      });
    });
    const index = rt.scratch(words.length);
    rt.ints(index, words.length).set(places);
    k.gather_rows(to, ld, ends, size, index, words.length, size);
  }

  protected override free(): void {
    this.runtime.free(this.#vectors);
    this.#recurrent.dispose();
  }
}

/** Copies a matrix to a block of its own. */
export function copyOf(rt: StoredWeights["runtime"], weight: Weight): number {
  const [count = 0, width = 0] = weight.shape;
  const block = rt.allocate(weight.size);
  eachPart(rt, weight, 0, count, (ptr, row, rows) =>
    rt.kernels.copy_rows(block + row * width * 4, width, ptr, width, rows, width),
  );
  return block;
}
