import {
  Autoencoder,
  Classifier,
  EncoderDecoder,
  type nn,
  SequenceEmbedder,
  type SequenceInput,
  type Step,
} from "unrolled";
import { classifierInput, pooledState } from "./classifier-parts.ts";
import { type Plane, planeOf } from "./plane.ts";
import type { AnyModel } from "./record.ts";

/** The vectors of a model in the plane, with what each stands for. */
export interface EmbeddingPlane extends Plane {
  /** What each point stands for, [N]: symbols, or the caller's labels. */
  readonly labels: readonly string[];
}

/** A model that gives a vector for a whole sequence. */
export type SequenceModel = SequenceEmbedder | Autoencoder | Classifier;

/**
 * Places the symbols that a model reads in the plane, by their embeddings. If the model has no embedding, the vector of a symbol is its
 * column of the first layer's input weights, which has the same part: W_ih times a one-hot vector.
 *
 * @param limit maximum number of symbols, the first of the vocabulary; default 500
 * @throws RangeError if the model reads vectors
 */
export function symbolPlane(model: AnyModel, limit = 500): EmbeddingPlane {
  const reader: Reader =
    model instanceof EncoderDecoder || model instanceof Autoencoder ? model.encoder : model;
  const vocabulary = vocabularyOf(model);
  if (!vocabulary) throw new RangeError("the model reads vectors, which need no embedding");
  const labels = vocabulary.symbols.slice(0, limit);
  if (reader.embedding) {
    const { weight } = reader.embedding;
    const all = weight.toArray();
    const E = weight.shape[1]!;
    return { labels, ...planeOf(labels.map((_, id) => all.subarray(id * E, (id + 1) * E))) };
  }
  const weight = reader.rnn.layers[0]!.weightIh;
  const all = weight.toArray();
  const width = weight.shape[1]!; // V, and the vector of the characters of a word beside it
  const rows = weight.shape[0]!;
  const column = (id: number) => Float32Array.from({ length: rows }, (_, row) => all[row * width + id]!);
  return { labels, ...planeOf(labels.map((_, id) => column(id))) };
}

/** The part of a model that reads symbols. */
interface Reader {
  readonly embedding?: nn.Embedding | undefined;
  readonly rnn: Pick<nn.RNN, "layers">;
}

/** Returns the vocabulary of what a model reads; undefined if it reads vectors. */
function vocabularyOf(
  model: AnyModel,
): { readonly symbols: readonly string[]; readonly size: number } | undefined {
  if ("source" in model) return model.source;
  return "vocabulary" in model ? model.vocabulary : undefined;
}

/**
 * Places whole sequences in the plane: by the vectors of an embedder, the codes of an autoencoder, or the pooled states of a
 * classifier, from which its output layer reads the label.
 *
 * @param labels what each sequence is called; default: the texts
 */
export function sequencePlane(
  model: SequenceModel,
  sequences: readonly SequenceInput[],
  labels: readonly string[] = sequences.map((sequence, i) =>
    typeof sequence === "string" ? sequence : String(i + 1),
  ),
): EmbeddingPlane {
  const vectors =
    model instanceof Classifier
      ? sequences.map((sequence) => pooled(model, sequence))
      : model instanceof SequenceEmbedder
        ? model.encode(sequences)
        : model.encode(sequences);
  return { labels, ...planeOf(vectors) };
}

function pooled(model: Classifier, sequence: SequenceInput): Float32Array {
  const tokens: readonly Step[] = typeof sequence === "string" ? model.tokens(sequence) : sequence;
  const { data, shape } = classifierInput(model, tokens);
  const { runtime: rt } = model;
  return model.inference(() =>
    rt.noGrad(() => rt.scope(() => pooledState(model, rt.tensor(data, shape)).toArray())),
  );
}
