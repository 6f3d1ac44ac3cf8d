/**
 * Random numbers from 0 to below 1, of 32 bits, which depend on the keys (whole numbers, such as a seed and an epoch) alone.
 * Whole-number arithmetic, so that they are the same in every engine.
 */
export function randomNumbers(...keys: readonly number[]): () => number {
  let state = 0;
  for (const key of keys) state = mix(mix(state ^ key) ^ Math.floor(key / 2 ** 32));
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return (mix(state) >>> 0) / 2 ** 32;
  };
}

/** The numbers 0 to `count` - 1 in random order, which depends on the keys alone. */
export function shuffled(count: number, ...keys: readonly number[]): Int32Array {
  const random = randomNumbers(...keys);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Numbers from 0 to below 1, one a call, that depend on the keys alone; see `shuffled`. */
export function draws(...keys: readonly number[]): () => number {
  let state = 0;
  for (const key of keys) state = mix(mix(state ^ key) ^ Math.floor(key / 2 ** 32));
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return (mix(state) >>> 0) / 2 ** 32;
  };
}

/** The finaliser of splitmix32: a bijection of 32 bits after which neighbours have nothing in common. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}
