import { checkChoice, checkList, checkOptions, checkValue } from "../checks.ts";
import { counted, UnrolledError } from "../errors.ts";
import { runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";
import { flag, whole } from "../schema.ts";
import { Lattice } from "./ctc-lattice.ts";

/** Options of {@link ctcLoss}. */
export interface CtcLossOptions {
  /** Number of steps of each sequence, [B], 0 to T. Later steps are padding. Default: T for all. */
  inputLengths?: ArrayLike<number>;
  /**
   * Number of targets of each sequence, [B]. Targets that are padded may have fewer than S; default: S for all. Targets that are
   * concatenated need it.
   */
  targetLengths?: ArrayLike<number>;
  /** Class of the blank; default 0. */
  blank?: number;
  /**
   * How to combine the losses of the sequences.
   * - `mean` (default): each loss is divided by its number of targets (by 1 if there is none), then the mean over the sequences
   * - `sum`: the sum of the losses
   * - `none`: one loss for each sequence
   */
  reduction?: "mean" | "sum" | "none";
  /**
   * Whether the loss and the gradient of a sequence are 0 if its steps are too few for its targets: it needs a step for each target,
   * and one between two equal neighbours. Default false: the loss is Infinity and the gradient NaN, as in PyTorch.
   */
  zeroInfinity?: boolean;
}

/**
 * Returns the loss of connectionist temporal classification in nats: -ln P(targets | logits), where P sums over all alignments of the
 * targets to the steps, with blanks between them. See Graves et al., "Connectionist Temporal Classification" (2006). The results are
 * those of torch.nn.functional.ctc_loss, but that takes log-probabilities: here the log-softmax is part of the loss.
 *
 * @param logits [T, B, C], for example the output of a linear layer. Their log-softmax over the classes is computed inside.
 * @param targets classes without the blank as int32, either padded, [B, S], or concatenated, [sum of `targetLengths`]. Padding may
 *   have any values.
 * @returns shape [], or [B] if `reduction` is `none`
 * @throws ERR_SHAPE if a shape does not fit; ERR_DTYPE if `logits` is int32 or `targets` float32; ERR_VALUE if an option is wrong, if
 *   a length is out of range, or if a target is the blank or not a class
 *
 * In the example, 6 of the 8 alignments have the target: 1__ _1_ __1 11_ _11 111.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const logits = rt.zeros([3, 1, 2], { requiresGrad: true });
 * const targets = rt.tensor(Int32Array.of(1), [1, 1]);
 * const loss = ctcLoss(logits, targets);
 * loss.backward();
 * console.log(Math.exp(-loss.item()).toFixed(2)); // 0.75
 * console.log(Array.from(logits.grad.data, (x) => x.toFixed(2)).join(" ")); // 0.00 0.00 0.17 -0.17 0.00 0.00
 * ```
 */
export function ctcLoss(logits: Tensor, targets: Tensor, options: CtcLossOptions = {}): Tensor {
  const {
    blank = 0,
    reduction = "mean",
    zeroInfinity = false,
    ...lengths
  } = checkOptions("ctcLoss", options, "inputLengths targetLengths blank reduction zeroInfinity");
  const rt = runtimeOfFloats("ctcLoss", [logits]);
  rt.check("ctcLoss", targets);
  const [T = 0, B = 0, C = 0] = logits.shape;
  if (logits.shape.length !== 3 || C === 0) {
    throw new UnrolledError("ERR_SHAPE", `ctcLoss: logits are [${logits.shape}], expected [T, B, C]`);
  }
  checkValue("ctcLoss: blank", blank, whole(0, C - 1));
  checkChoice("ctcLoss: reduction", reduction, ["mean", "sum", "none"]);
  checkValue("ctcLoss: zeroInfinity", zeroInfinity, flag());
  const steps = checkLengths("inputLengths", lengths.inputLengths ?? new Array<number>(B).fill(T), B, T);
  const labels = labelsOf(targets, lengths.targetLengths, B, C, blank);

  const losses = new Float64Array(B);
  const [loss, gradient] = rt.frame(() => {
    const loss = rt.output(reduction === "none" ? [B] : [], [logits]);
    return [loss, loss.requiresGrad ? rt.allocate(logits.size) : 0];
  });
  const lattice = new Lattice(C, blank);
  const x = rt.floats(logits.ptr, logits.size);
  const dx = gradient ? rt.floats(gradient, logits.size).fill(0) : undefined;
  for (let b = 0; b < B; b++) {
    losses[b] = lattice.loss(
      x.subarray(b * C),
      dx?.subarray(b * C),
      B * C,
      steps[b]!,
      labels[b]!,
      zeroInfinity,
    );
  }
  const shares = labels.map(({ length }) => (reduction === "mean" ? 1 / (Math.max(1, length) * B) : 1));
  if (reduction === "none") loss.data.set(losses);
  else loss.data[0] = losses.reduce((sum, one, b) => sum + one * shares[b]!, 0);
  if (!loss.requiresGrad) return loss;
  rt.record({
    name: "ctcLoss",
    inputs: [logits, targets],
    outputs: [loss],
    saved: [gradient],
    backward: () => {
      const dx = logits.gradPtr();
      const upstream = rt.floats(loss.gradPtr(), loss.size);
      for (let b = 0; b < B; b++) {
        const scale = upstream[reduction === "none" ? b : 0]! * shares[b]!;
        for (let t = 0; t < steps[b]!; t++) {
          const at = (t * B + b) * C * 4;
          rt.kernels.add_scaled(dx + at, gradient + at, scale, C);
        }
      }
    },
  });
  return loss;
}

/** Returns the lengths. @throws ERR_SHAPE unless there are `count`, ERR_VALUE unless each is 0 to `most` */
function checkLengths(
  what: string,
  given: ArrayLike<number>,
  count: number,
  most: number,
): ArrayLike<number> {
  const name = `ctcLoss: ${what}`;
  const { length } = checkList(name, given);
  if (length !== count) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `${name}: ${counted(length, "number", "numbers")}, expected one for each of ${count} sequences`,
    );
  }
  for (let b = 0; b < count; b++) checkValue(`${name}[${b}]`, given[b]!, whole(0, most));
  return given;
}

/** Returns the targets of each sequence. @throws the errors of `ctcLoss` that are about targets */
function labelsOf(
  targets: Tensor,
  given: ArrayLike<number> | undefined,
  B: number,
  C: number,
  blank: number,
): Int32Array[] {
  const { shape, dtype } = targets;
  if (dtype !== "int32") {
    throw new UnrolledError("ERR_DTYPE", "ctcLoss: targets are float32, expected int32; use an Int32Array");
  }
  const padded = shape.length === 2 && shape[0] === B;
  if (!padded && (shape.length !== 1 || !given)) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `ctcLoss: targets are [${shape}], expected [${B}, S], or one row of all targets together with targetLengths`,
    );
  }
  const width = padded ? shape[1]! : 0;
  const most = padded ? width : targets.size;
  const lengths = checkLengths("targetLengths", given ?? new Array<number>(B).fill(width), B, most);
  const all = targets.data as Int32Array;
  let end = 0;
  const labels = Array.from(lengths, (length, b) => {
    const start = padded ? b * width : end;
    end = start + length;
    return all.slice(start, end);
  });
  if (!padded && end !== targets.size) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `ctcLoss: targetLengths have the sum ${end}, expected ${targets.size}, the number of targets`,
    );
  }
  labels.forEach((own, b) => {
    const wrong = own.findIndex((label) => label < 0 || label >= C || label === blank);
    if (wrong < 0) return;
    const problem = own[wrong] === blank ? "the blank" : `expected 0 to ${C - 1}`;
    throw new UnrolledError(
      "ERR_VALUE",
      `ctcLoss: target ${wrong} of sequence ${b} is ${own[wrong]}, ${problem}`,
    );
  });
  return labels;
}
