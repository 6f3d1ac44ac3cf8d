/** Makes a generator of random numbers that gives the same ones in every run (mulberry32). @returns draws from low to high */
export function seeded(seed) {
  let state = seed;
  return (low = 0, high = 1) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return low + ((high - low) * ((bits ^ (bits >>> 14)) >>> 0)) / 2 ** 32;
  };
}

export const pick = (list, random) => list[Math.floor(random(0, list.length))];

/** Returns the list in another order. */
export function shuffled(list, random) {
  const all = [...list];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random(0, i + 1));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}
