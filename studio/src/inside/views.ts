import type { ComponentType } from "preact";
import type { TaskName } from "unrolled/worker";
import type { ViewProps } from "../tasks/task.ts";

/** A picture of the inside of a model. */
export interface View {
  readonly id: string;
  readonly title: string;
  /** The tasks whose models have it; default: all. */
  readonly tasks?: readonly TaskName[];
  /** Loads the picture's code when it is opened. */
  readonly load: () => Promise<ComponentType<ViewProps>>;
}

/** Tasks whose models read or write texts. */
const READS_TEXT: readonly TaskName[] = [
  "language-model",
  "classifier",
  "tagger",
  "encoder-decoder",
  "autoencoder",
  "generator",
  "embedder",
];

/** All pictures, in the order of the tabs. */
const VIEWS: readonly View[] = [
  {
    id: "activations",
    title: "Activations",
    tasks: READS_TEXT,
    load: () => import("./activations.tsx").then(({ Activations }) => Activations),
  },
  { id: "gates", title: "Gates", load: () => import("./gates.tsx").then(({ Gates }) => Gates) },
  {
    id: "next",
    title: "Next symbols",
    tasks: ["language-model"],
    load: () => import("./next.tsx").then(({ Next }) => Next),
  },
  {
    id: "unrolled",
    title: "Unrolled",
    tasks: ["language-model"],
    load: () => import("./unrolled.tsx").then(({ Unrolled }) => Unrolled),
  },
  {
    id: "edit",
    title: "Edit the state",
    tasks: ["language-model"],
    load: () => import("./edit.tsx").then(({ Edit }) => Edit),
  },
  {
    id: "attention",
    title: "Attention",
    tasks: ["encoder-decoder"],
    load: () => import("./attention.tsx").then(({ Attention }) => Attention),
  },
  {
    id: "confusion",
    title: "Confusion",
    tasks: ["classifier"],
    load: () => import("./confusion.tsx").then(({ ConfusionView }) => ConfusionView),
  },
  {
    id: "saliency",
    title: "What decided",
    tasks: ["classifier"],
    load: () => import("./saliency.tsx").then(({ Saliency }) => Saliency),
  },
  {
    id: "tags",
    title: "Tags",
    tasks: ["tagger"],
    load: () => import("./tags.tsx").then(({ Tags }) => Tags),
  },
  {
    id: "beams",
    title: "Beam search",
    tasks: ["encoder-decoder", "autoencoder"],
    load: () => import("./beams.tsx").then(({ Beams }) => Beams),
  },
  {
    id: "alignment",
    title: "Alignment",
    tasks: ["transcriber"],
    load: () => import("./alignment.tsx").then(({ Alignment }) => Alignment),
  },
  {
    id: "forecast",
    title: "Forecast",
    tasks: ["forecaster"],
    load: () => import("./forecast.tsx").then(({ ForecastView }) => ForecastView),
  },
  {
    id: "plane",
    title: "Plane",
    tasks: [
      "language-model",
      "classifier",
      "tagger",
      "encoder-decoder",
      "autoencoder",
      "generator",
      "embedder",
    ],
    load: () => import("./plane.tsx").then(({ PlaneView }) => PlaneView),
  },
  { id: "flow", title: "Gradient flow", load: () => import("./flow.tsx").then(({ Flow }) => Flow) },
];

export const viewsOf = (task: TaskName) => VIEWS.filter(({ tasks }) => !tasks || tasks.includes(task));
