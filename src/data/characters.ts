/** Letters of scripts whose consonants form conjuncts: the sign after which the next consonant belongs to the same character. */
const VIRAMAS = "\\u094D\\u09CD\\u0ACD\\u0B4D\\u0C4D\\u0D4D\\u1039\\u17D2";

/** Marks that belong to the character before them: accents and vowel signs, skin tones, tags of flags. */
const MARKS = "\\p{M}\\u200C\\u0E33\\u0EB3\\uFF9E\\uFF9F\\u{1F3FB}-\\u{1F3FF}\\u{E0020}-\\u{E007F}";

/** Made when it is needed, so that pages without texts do not download it. */
let character: RegExp | undefined;

const makeCharacter = () =>
  new RegExp(
    `[#*\\d]\\uFE0F?\\u20E3|\\p{RI}{2}|` +
      `[^\\s\\u200B](?:[${MARKS}]|\\u200D\\p{ExtPict}?|(?<=[${VIRAMAS}]\\u200D?)\\p{L})*`,
    "gu",
  );

/**
 * Splits a text into characters as a reader sees them (grapheme clusters): a letter with its marks, a conjunct of consonants or
 * an emoji sequence. Leaves out white space. The rules use Unicode properties alone, so every engine finds the same characters.
 */
export function charactersOf(text: string): string[] {
  character ??= makeCharacter();
  return text.match(character) ?? [];
}
