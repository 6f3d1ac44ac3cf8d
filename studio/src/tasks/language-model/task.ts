import { number } from "../../ui/words.ts";
import type { StudioTask } from "../task.ts";

/** Language models of characters or words. */
export const languageModel: StudioTask = {
  task: "language-model",
  title: "Write like a text",
  about: "The network learns to guess the next character of a text, and writes new text in its style.",
  group: "Write",
  seconds: 20,
  format: {
    about: "Any plain text of at least some thousand characters: a book, a diary, source code, songs.",
    example: "It was the best of times,\nit was the worst of times,",
    accept: ".txt,.md,.csv,.json,.js,.ts,.py,.html,.abc,text/*",
  },
  lossUnit: "nats per symbol",
  scores: ({ bits, perplexity }) => [
    {
      name: "Bits per symbol",
      value: number(bits, 2),
      about:
        "How many yes-or-no questions the network still needs for each character, or for each word if it reads words. Lower is better.",
    },
    {
      name: "Perplexity",
      value: number(perplexity, 1),
      about: "As if it chose among this many equally likely symbols. Lower is better.",
    },
  ],
  use: () => import("./write.tsx").then(({ Write }) => Write),
};
