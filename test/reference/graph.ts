/** A number computed in float64, with its operands and its slope with respect to each of them. */
export class Scalar {
  readonly value: number;
  readonly from: readonly Scalar[];
  readonly slopes: readonly number[];
  /** Gradient with respect to this number, of the quantity whose gradients were set before `Graph.backward`. */
  gradient = 0;

  constructor(value: number, from: readonly Scalar[] = [], slopes: readonly number[] = []) {
    this.value = value;
    this.from = from;
    this.slopes = slopes;
  }
}

/** A function of one number and its slope. */
export interface Curve {
  f(x: number): number;
  slope(x: number): number;
}

/**
 * Reverse-mode automatic differentiation of scalars, operation by operation: a formula that is written forward gets its
 * gradients without deriving any.
 */
export class Graph {
  readonly #scalars: Scalar[] = [];

  input(value: number): Scalar {
    return this.#add(new Scalar(value));
  }

  add(...terms: Scalar[]): Scalar {
    const value = terms.reduce((sum, term) => sum + term.value, 0);
    return this.#add(
      new Scalar(
        value,
        terms,
        terms.map(() => 1),
      ),
    );
  }

  multiply(a: Scalar, b: Scalar): Scalar {
    return this.#add(new Scalar(a.value * b.value, [a, b], [b.value, a.value]));
  }

  /** Returns 1 - x. */
  rest(x: Scalar): Scalar {
    return this.#add(new Scalar(1 - x.value, [x], [-1]));
  }

  /** Returns the sum of weights[i] * xs[i]. */
  dot(weights: ArrayLike<number>, xs: readonly Scalar[]): Scalar {
    const value = xs.reduce((sum, x, i) => sum + weights[i]! * x.value, 0);
    return this.#add(new Scalar(value, xs, Array.from(weights)));
  }

  apply({ f, slope }: Curve, x: Scalar): Scalar {
    return this.#add(new Scalar(f(x.value), [x], [slope(x.value)]));
  }

  /** Returns gain (x - mean) / sqrt(variance + 1e-5) + bias, with mean and variance over all of x. */
  normalize(x: readonly Scalar[], gain: readonly Scalar[], bias: readonly Scalar[]): Scalar[] {
    const H = x.length;
    const mean = this.dot(new Array(H).fill(-1 / H), x);
    const centred = x.map((value) => this.add(value, mean));
    const squares = centred.map((value) => this.multiply(value, value));
    const variance = this.dot(new Array(H).fill(1 / H), squares);
    const rate = this.apply(
      { f: (v) => (v + 1e-5) ** -0.5, slope: (v) => -0.5 * (v + 1e-5) ** -1.5 },
      variance,
    );
    return centred.map((value, j) => this.add(this.multiply(gain[j]!, this.multiply(value, rate)), bias[j]!));
  }

  /** Propagates the gradients that the caller has added to some scalars to everything that they were computed from. */
  backward(): void {
    for (const { from, slopes, gradient } of this.#scalars.reverse()) {
      from.forEach((source, i) => {
        source.gradient += gradient * slopes[i]!;
      });
    }
  }

  #add(scalar: Scalar): Scalar {
    this.#scalars.push(scalar);
    return scalar;
  }
}
