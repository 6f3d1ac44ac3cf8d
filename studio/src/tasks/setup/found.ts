import type { CheckedData, FurtherData } from "../../desk/checked.ts";
import { whole } from "../../ui/words.ts";

const MOST_NAMES = 8;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return names.length > MOST_NAMES ? `${shown}, … (${names.length} in all)` : shown;
}

const count = (number: number, one: string, several: string) =>
  `${whole(number)} ${number === 1 ? one : several}`;

/** Symbols that a vocabulary has for itself. */
const OWN_SYMBOLS = ["<EOS>", "<UNK>"];

/** Says what a check has found in data: all that a new network learns from, or how much a trained one can read. */
export const found = (data: CheckedData | FurtherData): string =>
  "checkpoint" in data ? foundFurther(data) : foundNew(data);

const foundFurther = ({ examples, characters = 0 }: FurtherData): string =>
  examples === undefined
    ? `A text of ${whole(characters)} characters, which the network can read.`
    : `${whole(examples)} examples that the network can read.`;

function foundNew({ whole: spec, examples = 0, characters = 0, tables }: CheckedData): string {
  const {
    features = 0,
    level,
    sourceLevel,
    targetLevel,
  } = spec as {
    features?: number;
    level?: string;
    sourceLevel?: string;
    targetLevel?: string;
  };
  const symbols = (name: string) =>
    (tables[name] ?? []).filter((symbol) => !OWN_SYMBOLS.includes(symbol)).sort();
  const read = features
    ? `, each step with ${count(features, "number", "numbers")}`
    : level
      ? `, read as ${level === "word" ? "words" : "characters"}`
      : "";
  const items = features ? count(examples, "sequence", "sequences") : count(examples, "text", "texts");
  switch (spec.task) {
    case "language-model": {
      const different = count(
        symbols("vocabulary").length,
        level === "word" ? "different word" : "different character",
        level === "word" ? "different words that occur more than once" : "different characters",
      );
      return `A text of ${count(characters, "character", "characters")}, with ${different}.`;
    }
    case "classifier":
      return `${items}${read}, with ${count(symbols("labels").length, "label", "labels")}: ${listed(symbols("labels"))}.`;
    case "tagger":
      return `${count(examples, features ? "sequence" : "sentence", features ? "sequences" : "sentences")}${features ? read : ""}, with ${count(symbols("labels").length, "tag", "tags")}: ${listed(symbols("labels"))}.`;
    case "encoder-decoder": {
      const names = { char: "characters", word: "words" } as Record<string, string>;
      const how = features
        ? `${read.slice(2)}, the targets are read as ${names[targetLevel!]}`
        : `the sources are read as ${names[sourceLevel!]}, the targets as ${names[targetLevel!]}`;
      return `${count(examples, "pair", "pairs")}; ${how}.`;
    }
    case "generator":
      return `${count(examples, "text", "texts")}${features ? "" : read}, with ${tables.conditions ? `${count(symbols("conditions").length, "condition", "conditions")}: ${listed(symbols("conditions"))}` : "vectors as conditions"}.`;
    case "embedder":
      return `${count(examples, "pair", "pairs")}${read}.`;
    case "forecaster": {
      const { columns, targets, horizon } = spec as unknown as {
        columns: string[];
        targets: string[];
        horizon: number;
      };
      return `${count(examples, "row", "rows")} of ${count(columns.length, "column", "columns")}: ${listed(columns)}. It will forecast ${listed(targets)}, ${count(horizon, "row", "rows")} ahead. “Steps ahead” under “How the data are read” changes that; without a choice it is a twentieth of the rows, at most 12.`;
    }
    case "transcriber":
      return `${items}${read}, whose texts have ${count(symbols("symbols").length, "symbol", "symbols")}: ${symbols("symbols").slice(0, 60).join("")}.`;
    default:
      return `${items}${read}.`;
  }
}
