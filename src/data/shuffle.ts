/**
 * Makes a function that returns a random number in [0, 1) at each call. The numbers have 32 bits and depend only on the keys.
 * Keys are whole numbers, such as a seed and an epoch. Integer arithmetic makes the numbers the same in every JavaScript engine.
 */
export function randomNumbers(...keys: readonly number[]): () => number {
  let state = 0;
  for (const key of keys) state = mix(mix(state ^ key) ^ Math.floor(key / 2 ** 32));
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return (mix(state) >>> 0) / 2 ** 32;
  };
}

/** Returns the numbers 0 to `count` - 1 in a random order that depends only on the keys. */
export function shuffled(count: number, ...keys: readonly number[]): Int32Array {
  const random = randomNumbers(...keys);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Scrambles 32 bits with the finaliser of splitmix32, a bijection. Similar inputs get results that look unrelated. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}
