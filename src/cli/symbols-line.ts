import { END_SYMBOL, UNKNOWN_SYMBOL, type Vocabulary } from "../data/vocabulary.ts";
import { visible } from "./visible.ts";

/** Number of symbols that are shown. */
const SHOWN = 50;

/** The fields of specs that say what symbols are. */
interface Levels {
  readonly level?: string;
  readonly sourceLevel?: string;
  readonly targetLevel?: string;
}

/**
 * Describes a vocabulary on one line: its size and its symbols. Characters are one text in quotes, words and labels are a list with
 * spaces between them. A word or label that has white space or a quote in it is quoted.
 *
 * @param name the table's name in the model file
 */
export function symbolsLine(name: string, { symbols }: Vocabulary, spec: object): string {
  if (hasCharacters(name, spec) && symbols.every(isCharacter)) {
    return `${symbols.length}: ${JSON.stringify(symbols.join(""))}`;
  }
  const some = symbols
    .slice(0, SHOWN)
    .map((symbol) => (/^$|[\s"]/u.test(symbol) ? JSON.stringify(symbol) : symbol));
  return `${symbols.length}: ${visible(some.join(" "))}${symbols.length > SHOWN ? " ..." : ""}`;
}

/** Tells whether the symbols of a table are characters. */
function hasCharacters(
  name: string,
  { level = "char", sourceLevel = level, targetLevel = level }: Levels,
): boolean {
  if (name === "labels" || name === "conditions") return false;
  const levels: Readonly<Record<string, string>> = {
    source: sourceLevel,
    target: targetLevel,
    vocabulary: level,
  };
  return (levels[name] ?? "char") === "char";
}

const isCharacter = (symbol: string) =>
  [...symbol].length === 1 || symbol === UNKNOWN_SYMBOL || symbol === END_SYMBOL;
