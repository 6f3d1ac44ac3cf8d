import { concat, gatherRows, reshape, slice } from "../../autograd/shape.ts";
import { LSTM } from "../../nn/cells.ts";
import { Embedding } from "../../nn/embedding.ts";
import { Module } from "../../nn/module.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import type { Spellings } from "./spellings.ts";

export interface CharacterEncoderOptions {
  /** Size of the vocabulary of characters. */
  characters: number;
  /** Width of a character's embedding. */
  embedding: number;
  /** Units in each direction of the LSTM. */
  hidden: number;
}

/**
 * Turns the characters of a word into one vector: embedding -> bidirectional LSTM -> concatenation of the final hidden states of
 * both directions. See Ling et al., "Finding Function in Form" (2015), and Lample et al., "Neural Architectures for Named Entity
 * Recognition" (2016).
 */
export class CharacterEncoder extends Module {
  /** The embedding of the characters. */
  readonly embedding: Embedding;
  /** The LSTM that reads the characters in both directions. */
  readonly rnn: LSTM;

  constructor(runtime: Runtime, { characters, embedding, hidden }: CharacterEncoderOptions) {
    super(runtime);
    [this.embedding, this.rnn] = runtime.frame(() => [
      this.child("embedding", new Embedding(runtime, { numEmbeddings: characters, embeddingDim: embedding })),
      this.child("rnn", new LSTM(runtime, { inputSize: embedding, hiddenSize: hidden, bidirectional: true })),
    ]);
  }

  /**
   * Returns the vector of the word at every step of a batch. Each distinct word is encoded only once.
   *
   * @param spellings the distinct words of the batch
   * @param steps number of steps of the batch (T)
   * @returns [T, B, 2 * hidden]. Past the end of a sequence, the values have no meaning.
   */
  forward({ words, lengths, characters }: Spellings, steps: number): Tensor {
    const W = lengths.length;
    const tokens = this.runtime.tensor(characters, [characters.length / W, W]);
    const { h } = this.rnn.forward(this.embedding.forward(tokens), { lengths }).state;
    const H = this.rnn.hiddenSize;
    const ends = concat([0, 1].map((direction) => reshape(slice(h, direction, 1), [W, H])));
    return gatherRows(ends, words, [steps, words.length / steps, 2 * H]);
  }
}
