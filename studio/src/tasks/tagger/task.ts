import { number, percent } from "../../ui/words.ts";
import type { StudioTask } from "../task.ts";

/** Taggers of words and of vectors. */
export const tagger: StudioTask = {
  task: "tagger",
  title: "Tag every word",
  about:
    "The network reads a sentence in both directions and says what each word is: a name, a verb, an amount.",
  group: "Sort and find",
  seconds: 5,
  format: {
    about:
      "In each line a word, a tab and its tag; an empty line ends a sentence. CoNLL-U files are read, too, and JSON lines with “input”, lists of numbers, and “labels”.",
    example: "Ann\tPERSON\nflew\tO\nto\tO\nOslo\tPLACE\n\nPeter\tPERSON\nstayed\tO",
    accept: ".tsv,.csv,.txt,.conllu,.conll,.iob,.jsonl,.ndjson,.json,text/*",
  },
  lossUnit: "nats per word",
  scores: ({ accuracy, spanF1, f1 }) => [
    {
      name: "Right tags",
      value: percent(accuracy),
      about: "Of the words in sentences that were kept aside. Higher is better.",
    },
    spanF1 === undefined
      ? {
          name: "F1",
          value: number(f1, 2),
          about:
            "The mean over the tags of how complete and how right they are found, 0 to 1. Higher is better.",
        }
      : {
          name: "F1 of whole names",
          value: number(spanF1, 2),
          about: "A name counts only if all its words are found and no others, 0 to 1. Higher is better.",
        },
  ],
  use: () => import("./tag-text.tsx").then(({ TagText }) => TagText),
};
