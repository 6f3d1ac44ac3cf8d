/** Parts of short tales that a few rules combine. A network learns them within minutes, first the words, then who does what. */

const HEROES = [
  ["fox", "she", "her"],
  ["hare", "he", "his"],
  ["grey crow", "she", "her"],
  ["young bear", "he", "his"],
  ["tailor", "he", "his"],
  ["queen of the bees", "she", "her"],
  ["miller", "he", "his"],
  ["goose girl", "she", "her"],
] as const;
const PLACES = [
  "by the river",
  "under the hill",
  "in the deep wood",
  "behind the mill",
  "at the edge of the sea",
];
const THINGS = [
  "a golden ring",
  "a loaf of bread",
  "a lantern",
  "three white stones",
  "a letter",
  "a silver key",
];
const MOODS = ["tired", "glad", "hungry", "curious", "sad", "proud"];
const WEATHER = [
  "It rained all night.",
  "The moon was full.",
  "Snow lay on the roofs.",
  "The wind was warm.",
];
const ENDS = [
  "And if they have not moved away, they live there still.",
  "Nobody ever spoke of it again.",
  "So ends the tale.",
  "That is how it was.",
];

/** Makes whole tales. @param characters minimum length */
export function sampleText(characters = 120_000): string {
  const random = generator(7);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  let text = "";
  while (text.length < characters) {
    const [hero, subject, possessive] = one(HEROES);
    const [friend] = one(HEROES.filter(([name]) => name !== hero));
    const [place, thing, mood] = [one(PLACES), one(THINGS), one(MOODS)];
    const Subject = subject[0]!.toUpperCase() + subject.slice(1);
    text += `Once upon a time there was a ${hero} who lived ${place}. ${one(WEATHER)} `;
    text += `One morning ${subject} found ${thing} ${one(PLACES)}, and ${subject} was ${mood}.\n`;
    text += `"Whose is this?" asked the ${hero}. "It is mine," said the ${friend}, `;
    text += one([
      `"and you may keep it." The ${hero} thanked the ${friend} and went home to ${possessive} house.`,
      `"give it back!" But the ${hero} hid ${thing} under ${possessive} bed and said nothing.`,
      `"but let us share it." So the ${hero} and the ${friend} became friends.`,
    ]);
    text += ` ${Subject} was ${one(MOODS)} no more. ${one(ENDS)}\n\n`;
  }
  return text;
}

/** Makes numbers in [0, 1) (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
