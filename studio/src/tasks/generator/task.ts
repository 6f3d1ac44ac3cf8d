import { number } from "../../ui/words.ts";
import type { StudioTask } from "../task.ts";

/** Generators of texts for a condition. */
export const generator: StudioTask = {
  task: "generator",
  title: "Invent names of a kind",
  about: "You choose a kind, such as a language, and the network invents new names or short texts of it.",
  group: "Write",
  seconds: 15,
  format: {
    about:
      "In each line a condition, a tab and a text of that kind. In a file with a header, columns such as “category” and “name” are found.",
    example: "Italian\tRossini\nJapanese\tTanaka",
    accept: ".tsv,.csv,.txt,.jsonl,.ndjson,.json,text/*",
  },
  lossUnit: "nats per symbol",
  scores: ({ perplexity, bits }) => [
    {
      name: "Perplexity",
      value: number(perplexity, 1),
      about: "As if it chose among this many equally likely symbols. Lower is better.",
    },
    {
      name: "Bits per symbol",
      value: number(bits, 2),
      about: "How many yes-or-no questions it still needs for each symbol. Lower is better.",
    },
  ],
  use: () => import("./invent.tsx").then(({ Invent }) => Invent),
};
