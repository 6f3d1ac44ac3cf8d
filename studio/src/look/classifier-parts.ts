import { type Classifier, concat, LabelBatches, pool, type Step, type Tensor } from "unrolled";

/** What the recurrent layers of a classifier read at each step, as numbers that may be changed. */
export interface ClassifierInput {
  /** The vectors of the steps, [T, 1, D]. */
  readonly data: Float32Array;
  readonly shape: readonly [steps: number, sequences: number, width: number];
}

/**
 * Returns the vectors that the recurrent layers read: embeddings, one-hot vectors or scaled features, each followed by the vector of
 * the word's characters if the model reads them.
 */
export function classifierInput(model: Classifier, tokens: readonly Step[]): ClassifierInput {
  const { runtime: rt, embedding, characters, tables } = model;
  const examples = [{ tokens, labels: tokens.map(() => "") }];
  const { inputs, spellings } = new LabelBatches(examples, tables, { batch: 1 }).at(0);
  const T = tokens.length;
  return model.inference(() =>
    rt.noGrad(() =>
      rt.scope(() => {
        let vectors: Tensor;
        if (embedding) vectors = embedding.forward(rt.tensor(inputs, [T, 1]));
        else if (inputs instanceof Float32Array) vectors = rt.tensor(inputs, [T, 1, inputs.length / T]);
        else vectors = oneHot(model, inputs);
        const all = spellings ? concat([vectors, characters!.forward(spellings, T)]) : vectors;
        return { data: all.toArray(), shape: [T, 1, all.size / T] };
      }),
    ),
  );
}

function oneHot({ runtime: rt, vocabulary }: Classifier, ids: Int32Array): Tensor {
  const V = vocabulary!.size;
  const rows = new Float32Array(ids.length * V);
  ids.forEach((id, t) => {
    rows[t * V + id] = 1;
  });
  return rt.tensor(rows, [ids.length, 1, V]);
}

/** Runs the recurrent layers over vectors, and pools their outputs: [T, 1, D] -> [1, pooled]. The head reads the result. */
export function pooledState({ rnn, spec }: Classifier, vectors: Tensor): Tensor {
  const lengths = [vectors.shape[0]!];
  const { output } = rnn.forward(vectors, { lengths });
  return pool(output, spec.pooling, {
    lengths,
    ...(rnn.bidirectional && { directionSize: rnn.hiddenSize }),
  });
}
