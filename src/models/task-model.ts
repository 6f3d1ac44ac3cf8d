import type { Vocabulary } from "../data/vocabulary.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type { Network } from "./network.ts";
import type { NetworkSpec } from "./network-spec.ts";

/** What files, checkpoints and trainers need of a model, whatever its task. */
export interface TaskModel extends Network<NetworkSpec & { readonly task: string }> {
  /** Of what it reads. */
  readonly vocabulary: Vocabulary;
  /** Of what it predicts, where that is something else. */
  readonly labels?: Vocabulary;
  /** Mean loss of a batch; `state` is that after the last step. */
  loss(
    tokens: Tensor,
    targets: Tensor,
    state?: RecurrentState,
    lengths?: readonly number[],
  ): { loss: Tensor; logits: Tensor; state: RecurrentState };
}

/** A class of models that files can hold. */
export interface ModelClass<M extends TaskModel = TaskModel> {
  /**
   * @param spec as `checkSpec` gave it: no class takes those of all
   * @param labels as in the file; the vocabulary where there are none
   */
  new (runtime: Runtime, spec: never, vocabulary: Vocabulary, labels: Vocabulary): M;
  readonly task: M["spec"]["task"];
  /** @throws ERR_VALUE */
  checkSpec(given: unknown): M["spec"];
}
