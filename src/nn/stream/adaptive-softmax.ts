import { slice } from "../../autograd/shape.ts";
import { checkIndex } from "../../checks.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { allKernels } from "../../runtime/workspace.ts";
import type { Linear } from "../linear.ts";
import { PackedLinear } from "./linear.ts";
import { Packed, Stream } from "./packed.ts";
import type { Packing } from "./packing.ts";

/** A cluster of rare classes: x -> projection -> one logit for each of its classes. With a shared weight, it has no layers of its own. */
export interface Cluster {
  /** Its first class. */
  readonly first: number;
  /** Number of classes. */
  readonly size: number;
  /** Projection and output layer, or none. */
  readonly layers: readonly Linear[];
}

/** The parts of an adaptive softmax that are packed. */
interface AdaptiveWeights {
  readonly runtime: Runtime;
  readonly classes: number;
  readonly shortlist: number;
  readonly weight: Tensor;
  readonly headWeight: Tensor;
  readonly bias: Tensor | undefined;
  readonly tails: readonly Cluster[];
}

/** The weights of an adaptive softmax, packed once for any number of streams. Freed by `dispose`. */
export class PackedAdaptiveSoftmax extends Packed {
  /** Number of classes. */
  readonly classes: number;
  /** Number of classes in the shortlist. */
  readonly shortlist: number;
  /** The layer of the shortlist and the clusters. */
  readonly head: PackedLinear;
  /** The layers of each cluster, and its first class. */
  readonly tails: readonly {
    readonly first: number;
    readonly layers: readonly PackedLinear[];
  }[];

  constructor(module: AdaptiveWeights, packing: Packing) {
    const { runtime, classes, shortlist, tails } = module;
    super(runtime);
    this.classes = classes;
    this.shortlist = shortlist;
    const pack = (weight: Tensor, bias?: Tensor) => new PackedLinear({ runtime, weight, bias }, packing);
    [this.head, this.tails] = runtime.noGrad(() =>
      runtime.frame(() => [
        runtime.scope(() => pack(module.headWeight, module.bias)),
        tails.map(({ first, size, layers }) => ({
          first,
          layers: layers.length
            ? layers.map((layer) => new PackedLinear(layer, packing))
            : [runtime.scope(() => pack(slice(module.weight, first, size)))],
        })),
      ]),
    );
  }

  /** Opens a stream. @throws ERR_DISPOSED after `dispose` */
  stream(): AdaptiveSoftmaxStream {
    return new AdaptiveSoftmaxStream(this);
  }

  protected override free(): void {
    this.head.dispose();
    for (const layer of this.tails.flatMap(({ layers }) => layers)) layer.dispose();
  }
}

/**
 * An adaptive softmax that runs step by step, for one row. A step computes the head. Clusters are computed when something asks for them.
 * Freed by `dispose`.
 */
export class AdaptiveSoftmaxStream extends Stream<PackedAdaptiveSoftmax> {
  readonly #head: number;
  readonly #narrow: number;
  readonly #all: number;
  /** Address of the input of the last step. */
  #x = 0;
  /** Whether the log-probabilities of all classes have been computed for the last step. */
  #complete = false;

  constructor(packed: PackedAdaptiveSoftmax) {
    const { runtime: rt, head, tails, classes } = packed;
    super(rt, packed);
    [this.#head, this.#narrow, this.#all] = rt.frame(() => [
      rt.allocate(head.outFeatures),
      rt.allocate(Math.max(...tails.map(({ layers }) => layers[0]!.outFeatures))),
      rt.allocate(classes),
    ]);
  }

  /** Runs one step. @param x address of the input [in], which has to stay until the next step @throws ERR_DISPOSED after `dispose` */
  run(x: number): void {
    this.assertUsable();
    const { runtime, head } = this.packed;
    this.#x = x;
    this.#complete = false;
    head.run(this.#head, x, 1);
    allKernels(runtime).log_softmax_forward(this.#head, this.#head, 1, head.outFeatures);
  }

  /** Address of the log-probabilities of all classes [classes]. @internal */
  get outputPtr(): number {
    if (!this.#complete) {
      const { runtime, shortlist, tails } = this.packed;
      runtime.kernels.copy_rows(this.#all, shortlist, this.#head, shortlist, 1, shortlist);
      for (let k = 0; k < tails.length; k++) this.#runTail(k);
      this.#complete = true;
    }
    return this.#all;
  }

  /**
   * Returns the natural logarithm of the probability of a class. Computes no cluster but its own.
   *
   * @throws ERR_VALUE if `target` is not a class
   */
  logProbability(target: number): number {
    const { runtime, tails, classes } = this.packed;
    checkIndex("logProbability: class", target, classes);
    const k = tails.findLastIndex(({ first }) => target >= first);
    if (k >= 0 && !this.#complete) this.#runTail(k);
    return runtime.floats(k < 0 ? this.#head : this.#all, target + 1)[target]!;
  }

  protected override free(): void {
    for (const block of [this.#head, this.#narrow, this.#all]) this.runtime.free(block);
  }

  /** Computes the log-probabilities of the classes of a cluster. */
  #runTail(k: number): void {
    const { runtime, shortlist, tails } = this.packed;
    const { first, layers } = tails[k]!;
    const [below, output = below] = layers as [PackedLinear, PackedLinear?];
    const { outFeatures: size } = output;
    const y = this.#all + 4 * first;
    if (below !== output) below.run(this.#narrow, this.#x, 1);
    output.run(y, below === output ? this.#x : this.#narrow, 1);
    allKernels(runtime).log_softmax_forward(y, y, 1, size);
    const cluster = runtime.floats(this.#head, shortlist + k + 1)[shortlist + k]!;
    const classes = runtime.floats(y, size);
    for (let c = 0; c < size; c++) classes[c]! += cluster;
  }
}
