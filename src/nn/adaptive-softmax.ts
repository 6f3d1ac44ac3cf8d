import { joinClusters, linearRows, stackRows } from "../autograd/adaptive-softmax.ts";
import { crossEntropy } from "../autograd/cross-entropy.ts";
import { add, scale } from "../autograd/elementwise.ts";
import { checkIndices } from "../autograd/indices.ts";
import { linear } from "../autograd/linear.ts";
import { gatherRows } from "../autograd/shape.ts";
import { checkAtLeast, checkOptions, checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { expectShape, type Tensor } from "../runtime/tensor.ts";
import { show } from "../schema.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { type Cluster, PackedAdaptiveSoftmax } from "./stream/adaptive-softmax.ts";
import { packingOf } from "./stream/int8.ts";
import { type PackOptions, packedDtype } from "./stream/packed.ts";

/** Options of {@link AdaptiveSoftmax}. */
export interface AdaptiveSoftmaxOptions {
  /** Number of input features. */
  inFeatures: number;
  /** Number of classes. Class 0 should be the most frequent one, and the last class the rarest. */
  classes: number;
  /**
   * The first class of each cluster, in ascending order, at least one. Classes below the first cutoff are the shortlist. The last
   * cluster ends with the last class.
   */
  cutoffs: readonly number[];
  /** The k-th cluster (k = 1, 2, ...) has a projection of inFeatures / divValue^k features, at least 1. Default 4. */
  divValue?: number;
  /** Whether the head has a bias. Default false, as in PyTorch. */
  headBias?: boolean;
  /** A parameter [classes, inFeatures] of another module to share: row c has the weights of class c. There are no projections then. */
  weight?: Tensor;
}

/**
 * An approximation of softmax for many classes, like torch.nn.AdaptiveLogSoftmaxWithLoss (Grave et al. 2017). A head has a logit
 * for each frequent class (the shortlist) and for each cluster of rare classes. A cluster has a softmax of its own, over a narrow
 * projection of x: P(class) = P(cluster) P(class | cluster). The loss computes a cluster only for the rows whose target is in it.
 *
 * The parameters have PyTorch's names and shapes: `head.weight` [shortlist + clusters, in], `tail.{k}.0.weight` [width, in] and
 * `tail.{k}.1.weight` [classes of the cluster, width].
 *
 * With a shared `weight` (weight tying), each class has the same weights as in a full softmax: its row of the shared parameter. The
 * clusters have no projection then, and `clusters.weight` [clusters, in] has the head's other rows.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const softmax = new nn.AdaptiveSoftmax(rt, { inFeatures: 8, classes: 1000, cutoffs: [50, 300] });
 * console.log(softmax.parameterCount, 1000 * 8); // 1640 8000
 * const x = rt.zeros([2, 8]);
 * const targets = rt.tensor(Int32Array.of(3, 700), [2]);
 * console.log(softmax.loss(x, targets).item().toFixed(2)); // 7.23
 * const logProbabilities = softmax.forward(x).data;
 * console.log((-(logProbabilities[3] + logProbabilities[1700]) / 2).toFixed(2)); // 7.23
 * ```
 */
export class AdaptiveSoftmax extends Module {
  /** Number of classes. */
  readonly classes: number;
  /** Number of classes in the shortlist. */
  readonly shortlist: number;
  /** The clusters, the most frequent classes first. @internal */
  readonly tails: readonly Cluster[];
  /** The matrix that begins with the head's rows of the shortlist: `head.weight`, or the shared one. */
  readonly weight: Tensor;
  /** The head's rows of the clusters, if `weight` is shared. @internal */
  readonly clusters: Tensor | undefined;
  /** The bias of the head, [shortlist + clusters]; undefined if it has none. */
  readonly bias: Tensor | undefined;

  /**
   * Makes the layers with random weights, as in Linear.
   *
   * @throws ERR_VALUE if an option is invalid; ERR_SHAPE if a shared `weight` has the wrong shape
   */
  constructor(runtime: Runtime, options: AdaptiveSoftmaxOptions) {
    super(runtime);
    const {
      inFeatures,
      classes,
      cutoffs,
      divValue = 4,
      headBias = false,
      weight,
    } = checkOptions("nn.AdaptiveSoftmax", options, "inFeatures classes cutoffs divValue headBias weight");
    checkWhole("AdaptiveSoftmax: inFeatures", inFeatures, 1);
    checkWhole("AdaptiveSoftmax: classes", classes, 1);
    checkAtLeast("AdaptiveSoftmax: divValue", divValue, 1);
    checkCutoffs(cutoffs, classes);
    runtime.checkFloats("AdaptiveSoftmax", weight);
    expectShape("AdaptiveSoftmax: weight", weight, [classes, inFeatures]);
    const [shortlist] = cutoffs as [number];
    this.classes = classes;
    this.shortlist = shortlist;
    const bound = 1 / Math.sqrt(inFeatures);
    const outputs = shortlist + cutoffs.length;
    const rows = (count: number) => [count, inFeatures];
    [this.weight, this.clusters, this.bias, this.tails] = runtime.frame(() => [
      weight ?? this.register("head.weight", rows(outputs), bound),
      weight && this.register("clusters.weight", rows(cutoffs.length), bound),
      headBias ? this.register("head.bias", [outputs], bound) : undefined,
      cutoffs.map((first, k) => {
        const size = (cutoffs[k + 1] ?? classes) - first;
        if (weight) return { first, size, layers: [] };
        const width = Math.max(1, Math.floor(inFeatures / divValue ** (k + 1)));
        const layer = (i: number, inFeatures: number, outFeatures: number) =>
          this.child(`tail.${k}.${i}`, new Linear(runtime, { inFeatures, outFeatures, bias: false }));
        return { first, size, layers: [layer(0, inFeatures, width), layer(1, width, size)] };
      }),
    ]);
  }

  /** Computes the log-probabilities of all classes, [..., classes], from x [..., in]. */
  forward(x: Tensor): Tensor {
    const tails = this.tails.map((tail) => this.#tail(tail, x));
    return joinClusters(this.#head(x), tails);
  }

  /**
   * Computes the mean of -log P(target) over all targets, except those of -100.
   *
   * @param x [..., in]
   * @param targets int32 [...], classes
   * @throws ERR_SHAPE if a shape does not fit; ERR_VALUE if a target is not a class
   */
  loss(x: Tensor, targets: Tensor): Tensor {
    const { runtime: rt, shortlist } = this;
    rt.check("AdaptiveSoftmax", x, targets);
    expectShape("AdaptiveSoftmax: targets", targets, x.shape.slice(0, -1));
    checkIndices("AdaptiveSoftmax", targets, this.classes, -100);
    return rt.frame(() => {
      const rows: number[][] = this.tails.map(() => []);
      let counted = 0;
      const inHead = Int32Array.from(targets.data, (target, row) => {
        const k = this.tails.findLastIndex(({ first }) => target >= first);
        if (target !== -100) counted++;
        if (k < 0) return target;
        rows[k]!.push(row);
        return shortlist + k;
      });
      const sum = { reduction: "sum" } as const;
      let loss = crossEntropy(this.#head(x), rt.tensor(inHead, targets.shape), sum);
      this.tails.forEach((tail, k) => {
        const members = Int32Array.from(rows[k]!);
        if (!members.length) return;
        const own = gatherRows(x, members, [members.length, x.shape.at(-1)!]);
        const classes = rt.tensor(
          members.map((row) => targets.data[row]! - tail.first),
          [members.length],
        );
        loss = add(loss, crossEntropy(this.#tail(tail, own), classes, sum));
      });
      return scale(loss, 1 / counted);
    });
  }

  /**
   * Packs the current weights for streams. Later training does not change the packed weights.
   *
   * @param options.dtype type of the packed weights, default "f32"
   * @throws ERR_VALUE if an option is invalid
   */
  pack(options: PackOptions = {}): PackedAdaptiveSoftmax {
    return new PackedAdaptiveSoftmax(this, packingOf(this.runtime, packedDtype("AdaptiveSoftmax", options)));
  }

  /** The head's weight, [shortlist + clusters, in]. @internal */
  get headWeight(): Tensor {
    return this.clusters ? stackRows(this.weight, this.shortlist, this.clusters) : this.weight;
  }

  #head(x: Tensor): Tensor {
    return linear(x, this.headWeight, this.bias);
  }

  #tail({ first, size, layers }: Cluster, x: Tensor): Tensor {
    if (!layers.length) return linearRows(x, this.weight, first, size);
    return layers.reduce((y, layer) => layer.forward(y), x);
  }
}

/** @throws ERR_VALUE unless the cutoffs ascend from 1 to below the number of classes */
function checkCutoffs(cutoffs: readonly number[], classes: number): void {
  const ascending =
    Array.isArray(cutoffs) &&
    cutoffs.length > 0 &&
    cutoffs.every(
      (cutoff, i) => Number.isInteger(cutoff) && cutoff > (cutoffs[i - 1] ?? 0) && cutoff < classes,
    );
  if (ascending) return;
  throw new UnrolledError(
    "ERR_VALUE",
    `AdaptiveSoftmax: cutoffs are ${show(cutoffs)}, expected ascending whole numbers from 1 to ${classes - 1}`,
  );
}
