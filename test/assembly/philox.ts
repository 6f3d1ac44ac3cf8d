type Words = readonly [number, number, number, number];

/** Returns four 32-bit words from a counter and a key: Philox 4x32 with 10 rounds, as Salmon et al. (SC 2011) define it. */
export function philox(counter: Words, key: readonly [number, number]): Words {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = multiply(0xd2511f53, c0);
    const [high1, low1] = multiply(0xcd9e8d57, c2);
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** Returns the words of a block of a seed, both whole numbers below 2^53. */
export function block(seed: number, number: number): Words {
  const [low, high] = halves(number);
  return philox([low, high, 0, 0], halves(seed));
}

/** Returns the 24-bit uniform numbers in [0, 1) of a block. */
export function uniforms(seed: number, number: number): number[] {
  return block(seed, number).map((word) => (word >>> 8) / 2 ** 24);
}

function halves(value: number): [number, number] {
  return [value % 2 ** 32, Math.floor(value / 2 ** 32)];
}

function multiply(a: number, b: number): [high: number, low: number] {
  const product = BigInt(a) * BigInt(b);
  return [Number(product >> 32n), Number(product & 0xffffffffn)];
}
