import {
  type Activation,
  diagnoseFlow,
  type FlowDiagnosis,
  nn,
  recordGradientFlow,
  slice,
  sum,
} from "unrolled";
import { inLab, type LabOptions } from "./lab.ts";
import { orthogonal } from "./orthogonal.ts";
import { normal } from "./random.ts";

/** Options of {@link gradientByDistance}. */
export interface GradientByDistanceOptions extends Pick<LabOptions<never>, "seed"> {
  /** Spectral radius of W_aa, the size of all its eigenvalues: 0.5 to 1.5 is interesting; default 1. */
  readonly radius?: number;
  /** g1 of a<t> = g1(W_aa a<t-1> + W_ax x<t> + b_a): tanh (default), or linear for none. */
  readonly activation?: "tanh" | "linear";
  /** Number of steps T_x; default 50. */
  readonly steps?: number;
  /** Number of hidden units; default 32. */
  readonly hidden?: number;
}

/** The result of {@link gradientByDistance}. */
export interface GradientByDistance {
  readonly radius: number;
  /** Norm of dL/da<T_x - d> for each distance d in steps from the loss. */
  readonly norms: readonly number[];
  /** The norm that W_aa alone would make: that of distance 0, times radius^d. */
  readonly byWeights: readonly number[];
  /** Mean of 1 - a<t>², the slope of tanh, over all steps and units; 1 if there is no tanh. */
  readonly slope: number;
  /** Factor of the norm for each step back, and whether it vanishes, explodes or flows. */
  readonly diagnosis: FlowDiagnosis;
}

/** Sequences that a norm is averaged over. */
const BATCH = 16;
const FEATURES = 4;
/** Size of the inputs. They are small, so that a small W_aa leaves tanh nearly linear. */
const INPUT = 0.1;

/**
 * Measures how the gradient of a loss at the last step changes on its way back through a fresh RNN: da<t-1> = W_aaᵀ (1 - a<t>²) da<t>
 * (docs/course-notes.md). W_aa is `radius` times an orthogonal matrix, so it multiplies the length of every vector by `radius`, and
 * what else happens is the slope of tanh. It takes a few milliseconds, so that a slider can call it.
 */
export function gradientByDistance(options: GradientByDistanceOptions = {}): Promise<GradientByDistance> {
  const { radius = 1, activation = "tanh", steps = 50, hidden = 32 } = options;
  const nonlinearity: Activation = activation === "tanh" ? "tanh" : { name: "affine", alpha: 1, beta: 0 };
  return inLab(options, ({ rt, random }) => {
    const rnn = new nn.RNN(rt, { inputSize: FEATURES, hiddenSize: hidden, nonlinearity, bias: false });
    const Waa = orthogonal(random, hidden);
    rnn.parameters().weight_hh_l0!.data.set(Waa.map((value) => radius * value));
    const x = Float32Array.from({ length: steps * BATCH * FEATURES }, () => INPUT * normal(random));
    let slopes = 0;
    const [layer] = recordGradientFlow(rnn, () =>
      rt.scope(() => {
        const { output } = rnn.forward(rt.tensor(x, [steps, BATCH, FEATURES]));
        for (const a of output.data) slopes += 1 - a * a;
        sum(slice(output, steps - 1, 1)).backward();
      }),
    );
    const { norms } = layer!;
    return {
      radius,
      norms,
      byWeights: norms.map((_, d) => norms[0]! * radius ** d),
      slope: activation === "tanh" ? slopes / (steps * BATCH * hidden) : 1,
      diagnosis: diagnoseFlow({ norms }),
    };
  });
}
