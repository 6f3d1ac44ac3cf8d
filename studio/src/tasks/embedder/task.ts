import { number, percent } from "../../ui/words.ts";
import type { StudioTask } from "../task.ts";

/** Embedders of texts and of vectors. */
export const embedder: StudioTask = {
  task: "embedder",
  title: "Find what is similar",
  about: "The network gives every text a place, and texts that belong together are neighbours.",
  group: "Sort and find",
  seconds: 10,
  format: {
    about:
      "In each line a text, a tab and a text that belongs to it: a question and the same question in other words, a word and a misspelling.",
    example: "where is my order\tmy parcel has not come\nhow do I pay\twhich cards do you take",
    accept: ".tsv,.csv,.txt,.jsonl,.ndjson,.json,text/*",
  },
  lossUnit: "nats per pair",
  scores: ({ accuracyAt1, meanReciprocalRank }) => [
    {
      name: "Found at once",
      value: percent(accuracyAt1),
      about: "How often the right partner is the nearest text of all that were kept aside. Higher is better.",
    },
    {
      name: "Reciprocal rank",
      value: number(meanReciprocalRank, 2),
      about: "1 if the right partner is always first; 0.5 if it is second. Higher is better.",
    },
  ],
  use: () => import("./near.tsx").then(({ Near }) => Near),
};
