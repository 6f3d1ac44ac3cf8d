import { checkInstance, checkObject, checkWhole } from "../../checks.ts";
import type { TokenBatch } from "../../data/token-batch.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import type { NetworkHead } from "../../network/head.ts";
import { tokenLoss } from "../../network/token-loss.ts";
import { AdaptiveSoftmax } from "../../nn/adaptive-softmax.ts";
import type { FeedForwardOptions } from "../../nn/feed-forward.ts";
import type { RecurrentState } from "../../nn/recurrent.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { LanguageModel } from "./model.ts";
import { checkLanguageModelSpec, type LanguageModelSpec } from "./spec.ts";

/** First word of the first cluster, and how many times as many words there are up to the end of each further one. */
const [SHORTLIST, FACTOR] = [2000, 5];

/**
 * Returns the default cutoffs of a vocabulary: 2,000, 10,000, 50,000, ..., as long as the last cluster has at least as many words as there
 * are before it. If there are fewer than 4,000 words, it is a quarter of them.
 *
 * @param size number of words, at least 2
 */
export function defaultCutoffs(size: number): number[] {
  checkWhole("defaultCutoffs: size", size, 2);
  const cutoffs: number[] = [];
  for (let first = SHORTLIST; 2 * first <= size; first *= FACTOR) cutoffs.push(first);
  return cutoffs.length ? cutoffs : [Math.max(1, size >> 2)];
}

/**
 * A language model whose spec may have an adaptive softmax (`nn.AdaptiveSoftmax`). It is a class of its own, so that pages without such
 * models download nothing of it. If `spec.softmax` is "full", it is the same as a {@link LanguageModel}, also in files.
 *
 * The logits of its streams and of `forward` are log-probabilities. If `spec.tied` is true, the vector of each word in the output layer is its
 * embedding, as in a full softmax; the rows of the clusters and the head's bias are the only further parameters. If it is false, the head
 * and the tails have weights of their own, and a tail k = 1, 2, ... has the width hidden / 4^k.
 *
 * @example
 * ```js
 * const text = Array.from({ length: 900 }, (_, i) => `the ${"cat dog cow".split(" ")[i % 3]} eats n${i % 30} .`).join(" ");
 * const rt = await createRuntime();
 * const spec = { ...defaultLanguageModelSpec("word"), hidden: 16, embedding: 16, softmax: "adaptive", cutoffs: [8] };
 * const model = new AdaptiveLanguageModel(rt, spec, textVocabulary(text, spec));
 * const trainer = new LanguageModelTrainer(model, model.encode(text), { batch: 8, seq: 20, lr: 0.02 });
 * for (let i = 0; i < 60; i++) trainer.step();
 * console.log(model.pack().score("the cow eats").conditionals[2].logProbability.toFixed(1)); // -0.1
 * ```
 */
export class AdaptiveLanguageModel extends LanguageModel {
  /** Makes a model from a checked spec and its tables. `loadModel` calls it. */
  static override build(
    runtime: Runtime,
    spec: LanguageModelSpec,
    tables: LanguageModel["tables"],
  ): AdaptiveLanguageModel {
    return new AdaptiveLanguageModel(runtime, spec, checkObject("tables", tables).vocabulary);
  }

  /**
   * Makes a model with random weights.
   *
   * @param spec if `cutoffs` is [], the model gets default cutoffs, and its spec names them
   * @param vocabulary the symbols, the most frequent first, see `textVocabulary`
   * @throws ERR_VALUE if the spec is invalid
   */
  constructor(runtime: Runtime, spec: LanguageModelSpec, vocabulary: Vocabulary) {
    const checked = checkLanguageModelSpec(spec);
    const { softmax, cutoffs } = checked;
    const missing = softmax === "adaptive" && !cutoffs.length;
    const { size } = checkInstance("vocabulary", vocabulary, Vocabulary, "a Vocabulary");
    super(runtime, missing ? { ...checked, cutoffs: defaultCutoffs(size) } : checked, vocabulary);
  }

  protected override makeHead(options: FeedForwardOptions): NetworkHead {
    const { softmax, cutoffs } = this.spec;
    if (softmax === "full") return super.makeHead(options);
    const { inFeatures, outFeatures, weight } = options;
    return new AdaptiveSoftmax(this.runtime, {
      inFeatures,
      classes: outFeatures,
      cutoffs,
      headBias: true,
      ...(weight && { weight }),
    });
  }

  protected override measure(batch: TokenBatch, before?: RecurrentState): ReturnType<typeof tokenLoss> {
    const { runtime, head } = this;
    if (!(head instanceof AdaptiveSoftmax)) return super.measure(batch, before);
    return tokenLoss(
      runtime,
      batch,
      (tokens) => {
        const { output, state } = this.read(tokens, before, batch.lengths);
        return { logits: this.dropOut(output), state };
      },
      (features, targets) => head.loss(features, targets),
    );
  }
}
