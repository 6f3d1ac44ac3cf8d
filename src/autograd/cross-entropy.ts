import { checkChoice, checkOptions, checkValue } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { expectShape, runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";
import { share } from "../schema.ts";
import { checkIndices } from "./indices.ts";

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions {
  /**
   * How to combine the losses of the targets. The option `weight` weights the losses.
   * - `mean` (default): the sum of the losses, divided by the sum of the weights of all targets that are not ignored. If targets
   *   are probabilities, the sum is divided by the number of targets.
   * - `sum`: the sum of the losses
   * - `none`: one loss for each target
   */
  reduction?: "mean" | "sum" | "none";
  /** Target class to ignore; default -100. */
  ignoreIndex?: number;
  /** Share of each target's probability that is spread evenly over all classes, 0 to 1; default 0. */
  labelSmoothing?: number;
  /** Weight of each class, [C]. It must not require a gradient. Default 1. */
  weight?: Tensor;
}

/**
 * Returns the cross-entropy of softmax(logits) in nats, like torch.nn.functional.cross_entropy with classes on the last axis.
 *
 * @param logits [..., C]
 * @param targets classes as int32 [...], or probabilities as float32 [..., C]. They must not require a gradient.
 * @returns shape [], or [...] if `reduction` is `none`. NaN if `reduction` is `mean` and every target class is ignored or has
 *   weight 0.
 * @throws ERR_SHAPE if a shape does not fit; ERR_DTYPE if `logits` or `weight` is int32; ERR_VALUE if an option is wrong, if
 *   `targets` or `weight` requires a gradient, or if a class is neither 0 to C - 1 nor `ignoreIndex`
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const logits = rt.tensor([2, 0, 0, 2], [2, 2], { requiresGrad: true });
 * const targets = rt.tensor(Int32Array.of(0, 1), [2]);
 * const loss = crossEntropy(logits, targets);
 * loss.backward();
 * console.log(loss.item().toFixed(3)); // 0.127
 * console.log(Array.from(logits.grad.data, (x) => x.toFixed(2)).join(" ")); // -0.06 0.06 0.06 -0.06
 * ```
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const {
    reduction = "mean",
    ignoreIndex = -100,
    labelSmoothing = 0,
    weight,
  } = checkOptions("crossEntropy", options, "reduction ignoreIndex labelSmoothing weight");
  const rt = runtimeOfFloats("crossEntropy", [logits], weight);
  rt.check("crossEntropy", targets);
  const C = logits.shape.at(-1) ?? 0;
  const rows = logits.shape.slice(0, -1);
  const classes = targets.dtype === "int32";
  const expected = classes ? rows : logits.shape;
  if (logits.shape.length === 0 || C === 0 || String(targets.shape) !== String(expected)) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `crossEntropy: logits are [${logits.shape}] and targets [${targets.shape}], expected [..., C] and int32 [...] or float32 [..., C]`,
    );
  }
  expectShape("crossEntropy: weight", weight, [C]);
  checkChoice("crossEntropy: reduction", reduction, ["mean", "sum", "none"]);
  checkValue("crossEntropy: labelSmoothing", labelSmoothing, share());
  if (targets.requiresGrad || weight?.requiresGrad) {
    throw new UnrolledError("ERR_VALUE", "crossEntropy: targets and weight must not require a gradient");
  }
  if (classes) checkIndices("crossEntropy", targets, C, ignoreIndex);
  const N = logits.size / C;
  const w = weight?.ptr ?? 0;
  let denominator = N;
  const [loss, lse] = rt.frame(() => {
    const k = rt.kernels;
    const lse = rt.allocate(2 * N);
    const loss = rt.output(reduction === "none" ? rows : [], [logits]);
    const losses = reduction === "none" ? loss.ptr : rt.scratch(N);
    if (classes) {
      const kept = rt.scratch(N);
      k.cross_entropy_forward(
        losses,
        kept,
        lse,
        logits.ptr,
        targets.ptr,
        w,
        N,
        C,
        ignoreIndex,
        labelSmoothing,
      );
      denominator = k.total(kept, N);
    } else {
      k.soft_cross_entropy_forward(losses, lse, logits.ptr, targets.ptr, w, N, C, labelSmoothing);
    }
    if (reduction !== "none") loss.data[0] = k.total(losses, N) / (reduction === "mean" ? denominator : 1);
    return [loss, lse];
  });
  if (!loss.requiresGrad) {
    rt.free(lse);
    return loss;
  }
  rt.record({
    name: "crossEntropy",
    inputs: [logits, targets, weight],
    outputs: [loss],
    saved: [lse],
    backward: () => {
      const k = rt.kernels;
      const dx = logits.gradPtr();
      let upstream = loss.gradPtr();
      if (reduction !== "none") {
        const dloss = rt.floats(upstream, 1)[0]!;
        if (reduction === "mean" && denominator === 0) return;
        upstream = rt.scratch(N);
        rt.floats(upstream, N).fill(reduction === "mean" ? dloss / denominator : dloss);
      }
      if (classes) {
        k.cross_entropy_backward(
          dx,
          upstream,
          lse,
          logits.ptr,
          targets.ptr,
          w,
          N,
          C,
          ignoreIndex,
          labelSmoothing,
        );
      } else {
        k.soft_cross_entropy_backward(dx, upstream, lse, logits.ptr, targets.ptr, w, N, C, labelSmoothing);
      }
    },
  });
  return loss;
}
