import { number, percent } from "../../ui/words.ts";
import type { StudioTask } from "../task.ts";

/** Autoencoders of texts and of vectors. */
export const autoencoder: StudioTask = {
  task: "autoencoder",
  title: "Pack a sequence into numbers",
  about:
    "The network squeezes a text into a list of numbers and writes it again from these alone. So it finds out what matters.",
  group: "Translate and pack",
  seconds: 30,
  format: {
    about:
      "A short text in each line, such as words or names. JSON lines with “vectors”, a list of lists of numbers, are read, too.",
    example: "walking\ntalked",
    accept: ".tsv,.csv,.txt,.jsonl,.ndjson,.json,text/*",
  },
  lossUnit: "nats per symbol",
  scores: ({ exact, tokenErrorRate, mse }) =>
    mse === undefined
      ? [
          {
            name: "Without a mistake",
            value: percent(exact),
            about: "Share of the sequences kept aside that come back exactly. Higher is better.",
          },
          {
            name: "Wrong symbols",
            value: percent(tokenErrorRate),
            about: "Symbols to insert, delete or replace, for each symbol of the texts. Lower is better.",
          },
        ]
      : [
          {
            name: "Squared error",
            value: number(mse, 3),
            about: "A copy that is always the mean of the data has about 1. Lower is better.",
          },
        ],
  use: () => import("./rebuild.tsx").then(({ Rebuild }) => Rebuild),
};
