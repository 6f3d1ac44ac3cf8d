import { number, percent } from "../../ui/words.ts";
import type { StudioTask } from "../task.ts";

/** Classifiers of texts and of sequences of vectors. */
export const classifier: StudioTask = {
  task: "classifier",
  title: "Sort texts into kinds",
  about: "The network reads a whole text and says which kind it is.",
  group: "Sort and find",
  seconds: 10,
  format: {
    about:
      "In each line a text, a tab and its label; or a CSV file with columns for text and label. Sensor data: JSON lines with “input”, a list of lists of numbers, and “label”.",
    example: "what a lovely film\tgood\nI left after ten minutes\tbad",
    accept: ".tsv,.csv,.txt,.jsonl,.ndjson,.json,text/*",
  },
  lossUnit: "nats per label",
  scores: ({ accuracy, f1, microF1 }) => [
    {
      name: "Right answers",
      value: percent(accuracy),
      about: "Of the examples that were kept aside. Higher is better.",
    },
    {
      name: "F1",
      value: number(microF1 ?? f1, 2),
      about:
        "How well rare labels are found, too: the mean over the labels of how complete and how right they are found, 0 to 1. Higher is better.",
    },
  ],
  use: () => import("./classify.tsx").then(({ Classify }) => Classify),
};
