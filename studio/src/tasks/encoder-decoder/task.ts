import { percent } from "../../ui/words.ts";
import type { StudioTask } from "../task.ts";

/** Encoder-decoders of texts, or of vectors to texts. */
export const encoderDecoder: StudioTask = {
  task: "encoder-decoder",
  title: "Turn one text into another",
  about:
    "One network reads a text, another one writes what belongs to it: a translation, a correction, a pronunciation.",
  group: "Translate and pack",
  seconds: 10,
  format: {
    about:
      "In each line a source, a tab and its target. JSON lines with “vectors”, a list of lists of numbers, and “target” are read, too.",
    example: "good morning\tguten Morgen\nthank you\tdanke",
    accept: ".tsv,.csv,.txt,.jsonl,.ndjson,.json,text/*",
  },
  lossUnit: "nats per symbol",
  scores: ({ exact, tokenErrorRate }) => [
    {
      name: "Without a mistake",
      value: percent(exact),
      about: "Share of the targets kept aside that it writes exactly. Higher is better.",
    },
    {
      name: "Wrong symbols",
      value: percent(tokenErrorRate),
      about: "Symbols to insert, delete or replace, for each symbol of the right targets. Lower is better.",
    },
  ],
  use: () => import("./rewrite.tsx").then(({ Rewrite }) => Rewrite),
};
