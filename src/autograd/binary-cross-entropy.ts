import { checkChoice, checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";
import { logSigmoid } from "./activation.ts";
import { add, checkSameShape, mean, multiply, scale, sum } from "./elementwise.ts";

/** Options of {@link binaryCrossEntropy}. */
export interface BinaryCrossEntropyOptions {
  /**
   * How to combine the losses of the elements.
   * - `mean` (default): their sum, divided by the number of elements, whatever their weights
   * - `sum`: their sum
   * - `none`: one loss for each element
   */
  reduction?: "mean" | "sum" | "none";
  /**
   * Weight of each element's loss. Its shape is that of the logits, or its last axes, such as [C]; an axis of length 1 is repeated. It
   * must not require a gradient. Default 1.
   */
  weight?: Tensor;
}

/**
 * Returns the binary cross-entropy of sigmoid(logits) in nats, -t log(p) - (1 - t) log(1 - p), like
 * torch.nn.functional.binary_cross_entropy_with_logits. Each element is a decision of its own, as in multi-label classification.
 *
 * @param logits [...]
 * @param targets probabilities from 0 to 1, float32 [...]. They must not require a gradient.
 * @returns shape [], or [...] if `reduction` is `none`
 * @throws ERR_SHAPE if a shape does not fit; ERR_DTYPE if a tensor is int32; ERR_VALUE if an option is wrong, if a target is not from
 *   0 to 1, or if `targets` or `weight` requires a gradient
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const logits = rt.tensor([2, -1, 0], [3], { requiresGrad: true });
 * const loss = binaryCrossEntropy(logits, rt.tensor([1, 0, 1], [3]));
 * loss.backward();
 * console.log(loss.item().toFixed(3)); // 0.378
 * console.log(Array.from(logits.grad.data, (x) => x.toFixed(3)).join(" ")); // -0.040 0.090 -0.167
 * ```
 */
export function binaryCrossEntropy(
  logits: Tensor,
  targets: Tensor,
  options: BinaryCrossEntropyOptions = {},
): Tensor {
  const name = "binaryCrossEntropy";
  const { reduction = "mean", weight } = checkOptions(name, options, "reduction weight");
  const rt = runtimeOfFloats(name, [logits, targets], weight);
  checkSameShape(name, logits, targets);
  checkChoice(`${name}: reduction`, reduction, ["mean", "sum", "none"]);
  if (targets.requiresGrad || weight?.requiresGrad) {
    throw new UnrolledError("ERR_VALUE", `${name}: targets and weight must not require a gradient`);
  }
  const wrong = targets.data.findIndex((target) => !(target >= 0 && target <= 1));
  if (wrong >= 0) {
    throw new UnrolledError(
      "ERR_VALUE",
      `${name}: target ${targets.data[wrong]} at position ${wrong}, expected 0 to 1`,
    );
  }
  const weights = weight && spread(weight, logits.shape);
  return rt.frame(() => {
    const losses = weightedLosses(logits, targets.data as Float32Array, weights);
    return reduction === "none" ? losses : (reduction === "sum" ? sum : mean)(losses);
  });
}

/**
 * Returns the binary cross-entropy of each element, times its weight. The arguments are not checked.
 *
 * @param targets in the shape of `logits`
 * @param weights in the shape of `logits`; default 1
 */
export function weightedLosses(logits: Tensor, targets: Float32Array, weights?: Float32Array): Tensor {
  const constant = (data: Float32Array) => logits.runtime.tensor(data, logits.shape);
  // -log p and -log(1 - p) differ by the logit: t (-log p) + (1 - t) (x - log p) = (1 - t) x - log p.
  const others = constant(targets.map((target) => 1 - target));
  const losses = add(multiply(others, logits), scale(logSigmoid(logits), -1));
  return weights ? multiply(constant(weights), losses) : losses;
}

/** Repeats a weight to a shape, as NumPy broadcasts. @throws ERR_SHAPE if the shapes do not fit */
function spread(weight: Tensor, shape: readonly number[]): Float32Array {
  const own = [
    ...new Array<number>(Math.max(0, shape.length - weight.shape.length)).fill(1),
    ...weight.shape,
  ];
  if (own.length !== shape.length || own.some((length, axis) => length !== 1 && length !== shape[axis])) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `binaryCrossEntropy: weight is [${weight.shape}], expected [${shape}] or its last axes`,
    );
  }
  const { data } = weight;
  return Float32Array.from({ length: shape.reduce((product, length) => product * length, 1) }, (_, i) => {
    let [at, step, rest] = [0, 1, i];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis]!;
      if (own[axis] !== 1) at += (rest % length) * step;
      step *= own[axis]!;
      rest = Math.floor(rest / length);
    }
    return data[at]!;
  });
}
