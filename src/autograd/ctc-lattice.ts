import { exp, logAdd, logSoftmaxRow, ZERO } from "./log-space.ts";

/** Returns the number of steps that a target needs: one for each label, and a blank between two equal neighbours. */
export function stepsNeeded(labels: ArrayLike<unknown>): number {
  let steps = labels.length;
  for (let i = 1; i < labels.length; i++) if (labels[i] === labels[i - 1]) steps++;
  return steps;
}

/**
 * The alignments of a target to the steps of a sequence, as a lattice of steps and states. State 2i + 1 is label i, and the states
 * before and after it are blanks. `loss` is the forward-backward algorithm of Graves et al. (2006) on logarithms in float64.
 */
export class Lattice {
  readonly #classes: number;
  readonly #blank: number;
  /** ln softmax(logits), [T, C]. */
  #logs = new Float64Array();
  /** ln of the probability of all ways through the steps up to t that end in state s, [T, L]. */
  #forward = new Float64Array();

  constructor(classes: number, blank: number) {
    this.#classes = classes;
    this.#blank = blank;
  }

  /**
   * Computes -ln P(labels) of one sequence.
   *
   * @param x logits, a row of C at every multiple of `stride`
   * @param dx receives the gradient at the same places: softmax - the share of the alignments that have the class at this step
   * @param steps number of steps
   */
  loss(
    x: Float32Array,
    dx: Float32Array | undefined,
    stride: number,
    steps: number,
    labels: Int32Array,
    zeroInfinity: boolean,
  ): number {
    const C = this.#classes;
    if (this.#logs.length < steps * C) this.#logs = new Float64Array(steps * C);
    const logs = this.#logs;
    let damaged = false;
    for (let t = 0; t < steps; t++) {
      logSoftmaxRow(x.subarray(t * stride, t * stride + C), logs, t * C);
      if (Number.isNaN(logs[t * C])) damaged = true;
    }
    const states = statesOf(labels, this.#blank);
    const enough = steps >= stepsNeeded(labels);
    const total = damaged ? Number.NaN : enough ? this.#total(steps, states) : ZERO;
    const infinite = total === ZERO;
    if (infinite && zeroInfinity) return 0;
    if (dx) {
      if (Number.isFinite(total)) this.#gradient(dx, stride, steps, states, total);
      else for (let t = 0; t < steps; t++) dx.fill(Number.NaN, t * stride, t * stride + C);
    }
    return -total;
  }

  /** Fills the forward probabilities. @returns ln P(labels) */
  #total(T: number, { classes, skips, length: L }: States): number {
    if (T === 0) return 0;
    if (this.#forward.length < T * L) this.#forward = new Float64Array(T * L);
    const C = this.#classes;
    const logs = this.#logs;
    const alpha = this.#forward;
    alpha.fill(ZERO, 0, T * L);
    for (let s = 0; s < Math.min(2, L); s++) alpha[s] = logs[classes[s]!]!;
    for (let t = 1; t < T; t++) {
      const last = Math.min(L - 1, 2 * t + 1);
      for (let s = firstState(L, T - t); s <= last; s++) {
        const from = (t - 1) * L + s;
        let sum = alpha[from]!;
        if (s > 0) sum = logAdd(sum, alpha[from - 1]!);
        if (skips[s]) sum = logAdd(sum, alpha[from - 2]!);
        alpha[t * L + s] = sum + logs[t * C + classes[s]!]!;
      }
    }
    const end = T * L - 1;
    return L > 1 ? logAdd(alpha[end]!, alpha[end - 1]!) : alpha[end]!;
  }

  #gradient(
    dx: Float32Array,
    stride: number,
    T: number,
    { classes, skips, length: L }: States,
    total: number,
  ): void {
    const C = this.#classes;
    const alpha = this.#forward;
    const logs = this.#logs;
    const shares = new Float64Array(C);
    // beta[s] is ln of the probability of all ways from state s at step t to the end, and after[s] the same at step t + 1.
    let beta = new Float64Array(L + 2).fill(ZERO);
    let after = new Float64Array(L + 2).fill(ZERO);
    for (let t = T - 1; t >= 0; t--) {
      shares.fill(0);
      const first = firstState(L, T - t);
      for (let s = Math.min(L - 1, 2 * t + 1); s >= first; s--) {
        let sum = 0;
        if (t < T - 1) {
          sum = logAdd(after[s]!, after[s + 1]!);
          if (skips[s + 2]) sum = logAdd(sum, after[s + 2]!);
        }
        const label = classes[s]!;
        const way = alpha[t * L + s]! + sum - total;
        if (way > -40) shares[label]! += exp(way);
        beta[s] = sum + logs[t * C + label]!;
      }
      [beta, after] = [after.fill(ZERO), beta];
      for (let k = 0; k < C; k++) dx[t * stride + k] = exp(logs[t * C + k]!) - shares[k]!;
    }
  }
}

/** Returns the first state from which the end can be reached in the steps that are left, this one included. */
const firstState = (states: number, left: number): number => Math.max(0, states - 2 * left);

interface States {
  /** Number of states. */
  readonly length: number;
  /** Class of each state. */
  readonly classes: Int32Array;
  /** 1 if state s may follow state s - 2: it is a label, and the label before is another. */
  readonly skips: Uint8Array;
}

function statesOf(labels: Int32Array, blank: number): States {
  const length = 2 * labels.length + 1;
  const classes = new Int32Array(length).fill(blank);
  const skips = new Uint8Array(length + 2);
  labels.forEach((label, i) => {
    classes[2 * i + 1] = label;
    if (i > 0 && label !== labels[i - 1]) skips[2 * i + 1] = 1;
  });
  return { length, classes, skips };
}
