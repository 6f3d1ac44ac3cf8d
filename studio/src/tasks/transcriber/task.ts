import { percent } from "../../ui/words.ts";
import type { StudioTask } from "../task.ts";

/** Transcribers of sequences of vectors, such as sound or pen strokes. */
export const transcriber: StudioTask = {
  task: "transcriber",
  title: "Write down what it hears",
  about:
    "The network reads a recording step by step and writes its text, though nobody told it which step is which letter.",
  group: "Listen",
  seconds: 10,
  format: {
    about:
      "JSON lines with “vectors”, a list of lists of numbers such as the loudness of some bands over time, and “text”.",
    example: '{"vectors": [[0.1, 2.5], [0.3, 2.4], [0.2, 1.9]], "text": "no"}',
    accept: ".jsonl,.ndjson,.json",
  },
  lossUnit: "nats per symbol",
  scores: ({ exact, cer }) => [
    {
      name: "Without a mistake",
      value: percent(exact),
      about: "Share of the recordings kept aside that it writes exactly. Higher is better.",
    },
    {
      name: "Wrong characters",
      value: percent(cer),
      about:
        "Characters to insert, delete or replace, for each character of the right texts. Lower is better.",
    },
  ],
  use: () => import("./listen.tsx").then(({ Listen }) => Listen),
};
