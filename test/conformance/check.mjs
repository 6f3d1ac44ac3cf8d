/** The comparison of one case's tensors with what is expected. */
export class Check {
  #expected;
  #noise;
  #results = new Map();

  /**
   * @param {{ expected: Record<string, ArrayLike<number>>, noise?: Record<string, [number, number]> }} data expected
   *   tensors by name; of each the largest magnitude and what float32 arithmetic loses there
   */
  constructor({ expected, noise = {} }) {
    this.#expected = expected;
    this.#noise = noise;
  }

  /** Compares a tensor; the same one may be compared again, computed another way. */
  tensor(name, got) {
    const want = this.#expected[name];
    if (!want) throw new Error(`the case has no tensor ${name}`);
    const [scale, float32Error] = this.#noise[name] ?? [largest(want), 0];
    this.within(name, got, want, 4e-6 * Math.max(1, scale) + 8 * float32Error);
  }

  /** Compares any two arrays with a tolerance of their own. */
  within(name, got, want, tolerance) {
    const error = got.length === want.length ? worstError(got, want) : Number.POSITIVE_INFINITY;
    const before = this.#results.get(name);
    if (!before || error > before.error) this.#results.set(name, { name, error, tolerance });
  }

  /** What is wrong, in one line: the worst tensor, or one that was never compared. Undefined if nothing is. */
  verdict() {
    const missing = Object.keys(this.#expected).filter((name) => !this.#results.has(name));
    if (missing.length > 0) return `${missing.join(", ")}: not computed`;
    const wrong = [...this.#results.values()].filter(({ error, tolerance }) => !(error <= tolerance));
    if (wrong.length === 0) return undefined;
    const worst = wrong.reduce((a, b) => (b.error / b.tolerance > a.error / a.tolerance ? b : a));
    return (
      `${worst.name}: worst error ${worst.error.toExponential(2)}, allowed ${worst.tolerance.toExponential(2)}` +
      ` (${wrong.length} of ${this.#results.size} tensors wrong)`
    );
  }
}

/** Largest |got - want|; infinite where NaN or infinities are not in place. */
function worstError(got, want) {
  let worst = 0;
  for (let i = 0; i < want.length; i++) worst = Math.max(worst, distance(got[i], want[i]));
  return worst;
}

function distance(a, b) {
  if (Object.is(a, b) || a === b) return 0;
  return Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) : Number.POSITIVE_INFINITY;
}

function largest(values) {
  let magnitude = 0;
  for (const value of values) if (Number.isFinite(value)) magnitude = Math.max(magnitude, Math.abs(value));
  return magnitude;
}
