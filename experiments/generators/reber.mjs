import { pick } from "./random.mjs";

/** The alphabet; a token is the index of a letter in it. */
export const SYMBOLS = "BTPSXVE";

/** Reber's grammar (1967) between its B and its E: for each state, the two letters that may follow and the next states. */
const REBER = [
  { T: 1, P: 2 },
  { S: 1, X: 3 },
  { T: 2, V: 4 },
  { X: 2, S: 5 },
  { P: 3, V: 5 },
];
const END = REBER.length;
/** Number of letters around those in an embedded string: B, T or P, B before, and E, T or P, E after. */
const AROUND = 6;

/** By steps, the probability in each state that at least that many letters follow, if both choices are equally likely. */
const CHANCES = [[...REBER.map(() => 1), 1]];
const chance = (state, steps) => {
  while (CHANCES.length <= steps) {
    const shorter = CHANCES.at(-1);
    CHANCES.push([...REBER.map((next) => mean(Object.values(next).map((to) => shorter[to]))), 0]);
  }
  return CHANCES[Math.max(steps, 0)][state];
};
const mean = ([a, b]) => (a + b) / 2;

/**
 * Draws a string of the embedded Reber grammar (Fahlman 1991; Hochreiter and Schmidhuber 1997): B, T or P, a string of
 * Reber's grammar from B to E, the same T or P again, E. The second to last letter depends only on the second letter, as far
 * back as the inner string is long.
 *
 * @param {() => number} random
 * @param {number} [longerThan] draws only strings with more letters, as if the others were rejected; default 0. One string
 *   in 800 has more than 30.
 * @returns {{ string: string, legal: string[] }} legal[t]: the letters that may follow letter t, in the order of SYMBOLS;
 *   one entry for each letter except the last
 */
export function embeddedReber(random, longerThan = 0) {
  const outer = pick(random, ["T", "P"]);
  const legal = ["TP", "B"];
  let inner = "";
  for (let state = 0; state !== END; ) {
    const letters = Object.keys(REBER[state]);
    legal.push(inSymbolOrder(letters));
    const missing = longerThan - AROUND - inner.length;
    const [first, second] = letters.map((letter) => chance(REBER[state][letter], missing));
    const letter = random() * (first + second) < first ? letters[0] : letters[1];
    inner += letter;
    state = REBER[state][letter];
  }
  legal.push("E", outer, "E");
  return { string: `B${outer}B${inner}E${outer}E`, legal };
}

const inSymbolOrder = (letters) => [...SYMBOLS].filter((letter) => letters.includes(letter)).join("");
