/** Throws unless `got` is `want` rounded to float32, element by element; -0 is 0 and any NaN is NaN. */
export function expectSame(got: ArrayLike<number>, want: ArrayLike<number>, label = "values"): void {
  if (got.length !== want.length) {
    throw new Error(`${label}: ${got.length} elements, expected ${want.length}`);
  }
  for (let i = 0; i < got.length; i++) {
    const [a, b] = [got[i]!, Math.fround(want[i]!)];
    if (a !== b && !(Number.isNaN(a) && Number.isNaN(b))) {
      throw new Error(`${label}: [${i}] is ${a}, expected ${b}`);
    }
  }
}
