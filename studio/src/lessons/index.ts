import type { ComponentType } from "preact";

/** A guided page with live experiments. */
export interface Lesson {
  readonly id: string;
  readonly title: string;
  /** What one knows afterwards, in one sentence. */
  readonly about: string;
  readonly load: () => Promise<ComponentType>;
}

export const LESSONS: readonly Lesson[] = [
  {
    id: "why-recurrence",
    title: "Why recurrence?",
    about: "Why a network that reads needs a state that it carries along.",
    load: async () => (await import("./why-recurrence.tsx")).default,
  },
  {
    id: "backpropagation",
    title: "Backpropagation through time",
    about: "How one gradient is the sum of the shares of many steps, with every number of a small network.",
    load: async () => (await import("./backpropagation.tsx")).default,
  },
  {
    id: "vanishing",
    title: "Vanishing and exploding gradients",
    about: "Why a network hardly learns from what lies far back, and what clipping does.",
    load: async () => (await import("./vanishing.tsx")).default,
  },
  {
    id: "gru",
    title: "GRU: remember until told",
    about: "How a gate decides what is written into the memory and what stays.",
    load: async () => (await import("./gru.tsx")).default,
  },
  {
    id: "lstm",
    title: "LSTM: a gate to forget",
    about: "What a forget gate does, by moving one and by breaking one.",
    load: async () => (await import("./lstm.tsx")).default,
  },
  {
    id: "directions",
    title: "Both directions, and deep",
    about: "What a second direction and a second layer are good for.",
    load: async () => (await import("./directions.tsx")).default,
  },
  {
    id: "language-models",
    title: "Language models and sampling",
    about: "How a network writes, and what temperature, top k and top p do.",
    load: async () => (await import("./language-models.tsx")).default,
  },
  {
    id: "attention",
    title: "Encoder, decoder and attention",
    about: "Why one vector is too little, and where a decoder looks.",
    load: async () => (await import("./attention.tsx")).default,
  },
];
