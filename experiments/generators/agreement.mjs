import { pick } from "./random.mjs";

// Sentences "the <noun> <modifiers> <verb>" in which the verb agrees with the first noun, whatever comes between; after
// Linzen, Dupoux and Goldberg 2016 and Marvin and Linzen 2018.

const NOUNS = ["author", "boat", "book", "cat", "dog", "girl", "key", "pilot", "senator", "teacher"];
const PREPOSITIONS = ["above", "behind", "near", "next to", "of", "with"];
const CLAUSE_VERBS = ["admire", "avoid", "follow", "like", "see"];
const PAST_VERBS = ["liked", "met", "saw"];
/** [singular, plural] */
const MAIN_VERBS = [
  ["is", "are"],
  ["was", "were"],
  ["has", "have"],
  ["runs", "run"],
  ["sleeps", "sleep"],
  ["smiles", "smile"],
];

const noun = (word, plural) => (plural ? `${word}s` : word);
const clauseVerb = (word, plural) => (plural ? word : `${word}s`);

/** All words that a sentence can contain. */
export const WORDS = [
  ...new Set(
    [
      "the that",
      NOUNS.flatMap((word) => [word, noun(word, true)]),
      PREPOSITIONS,
      CLAUSE_VERBS.flatMap((word) => [word, clauseVerb(word, false)]),
      PAST_VERBS,
      MAIN_VERBS.flat(),
    ]
      .flat()
      .flatMap((words) => words.split(" ")),
  ),
];

/**
 * Draws a modifier: "near the keys", "that likes the keys" or "that the keys like". The verb of a clause agrees with its own
 * subject. From the second modifier on, the subject of "that ..." could be either of two nouns; the verb is then in the past
 * tense, which shows no number.
 */
function modifier(random, headPlural, first) {
  const plural = random() < 0.5;
  const phrase = `the ${noun(pick(random, NOUNS), plural)}`;
  const kinds = {
    preposition: () => `${pick(random, PREPOSITIONS)} ${phrase}`,
    subject: () =>
      `that ${first ? clauseVerb(pick(random, CLAUSE_VERBS), headPlural) : pick(random, PAST_VERBS)} ${phrase}`,
    object: () => `that ${phrase} ${clauseVerb(pick(random, CLAUSE_VERBS), plural)}`,
  };
  return { plural, text: pick(random, Object.values(kinds))() };
}

/**
 * Draws a sentence with `depth` modifiers, and therefore as many more nouns, between the first noun and its verb.
 *
 * @param {() => number} random
 * @param {number} depth
 * @returns {{ prefix: string, verb: string, wrong: string, attractors: number, depth: number }} the words before the verb;
 *   the verb; the same verb in the other number; how many of the nouns in between have the other number
 */
export function agreement(random, depth) {
  const plural = random() < 0.5;
  const head = `the ${noun(pick(random, NOUNS), plural)}`;
  const modifiers = Array.from({ length: depth }, (_, i) => modifier(random, plural, i === 0));
  const [singularVerb, pluralVerb] = pick(random, MAIN_VERBS);
  return {
    prefix: [head, ...modifiers.map(({ text }) => text)].join(" "),
    verb: plural ? pluralVerb : singularVerb,
    wrong: plural ? singularVerb : pluralVerb,
    attractors: modifiers.filter((each) => each.plural !== plural).length,
    depth,
  };
}
