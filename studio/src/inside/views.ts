import type { ComponentType } from "preact";
import type { TaskName } from "unrolled/worker";
import { kept } from "../runs/kept.ts";
import type { Run } from "../runs/run.ts";
import type { ViewProps } from "../tasks/task.ts";

/** A picture of the inside of a model. */
export interface View {
  readonly id: string;
  readonly title: string;
  /** Whether it needs the run's data, which a model from a file or a link does not have. */
  readonly needsData?: boolean;
  /** Loads the picture's code when it is opened. */
  readonly load: () => Promise<ComponentType<ViewProps>>;
}

/** All pictures. */
const VIEWS: readonly View[] = [
  {
    id: "activations",
    title: "Activations",
    load: () => import("./activations.tsx").then(({ Activations }) => Activations),
  },
  { id: "gates", title: "Gates", load: () => import("./gates.tsx").then(({ Gates }) => Gates) },
  {
    id: "next",
    title: "Next symbols",
    load: () => import("./next.tsx").then(({ Next }) => Next),
  },
  {
    id: "unrolled",
    title: "Unrolled",
    load: () => import("./unrolled.tsx").then(({ Unrolled }) => Unrolled),
  },
  {
    id: "edit",
    title: "Edit the state",
    load: () => import("./edit.tsx").then(({ Edit }) => Edit),
  },
  {
    id: "attention",
    title: "Attention",
    load: () => import("./attention.tsx").then(({ Attention }) => Attention),
  },
  {
    id: "confusion",
    title: "Confusion",
    needsData: true,
    load: () => import("./confusion.tsx").then(({ ConfusionView }) => ConfusionView),
  },
  {
    id: "saliency",
    title: "What decided",
    load: () => import("./saliency.tsx").then(({ Saliency }) => Saliency),
  },
  {
    id: "tags",
    title: "Tags",
    needsData: true,
    load: () => import("./tags.tsx").then(({ Tags }) => Tags),
  },
  {
    id: "beams",
    title: "Beam search",
    load: () => import("./beams.tsx").then(({ Beams }) => Beams),
  },
  {
    id: "alignment",
    title: "Alignment",
    load: () => import("./alignment.tsx").then(({ Alignment }) => Alignment),
  },
  {
    id: "forecast",
    title: "Forecast",
    needsData: true,
    load: () => import("./forecast.tsx").then(({ ForecastView }) => ForecastView),
  },
  {
    id: "plane",
    title: "Plane",
    needsData: true,
    load: () => import("./plane.tsx").then(({ PlaneView }) => PlaneView),
  },
  {
    id: "flow",
    title: "Gradient flow",
    needsData: true,
    load: () => import("./flow.tsx").then(({ Flow }) => Flow),
  },
];

/** The pictures of each task, the one that says most first. */
const OF_TASK: Readonly<Record<TaskName, readonly string[]>> = {
  "language-model": ["activations", "next", "gates", "unrolled", "edit", "plane", "flow"],
  classifier: ["confusion", "saliency", "plane", "activations", "gates", "flow"],
  tagger: ["tags", "plane", "activations", "gates", "flow"],
  embedder: ["plane", "activations", "gates", "flow"],
  "encoder-decoder": ["attention", "beams", "activations", "gates", "plane", "flow"],
  autoencoder: ["plane", "beams", "activations", "gates", "flow"],
  generator: ["activations", "plane", "gates", "flow"],
  forecaster: ["forecast", "gates", "flow"],
  transcriber: ["alignment", "gates", "flow"],
};

/** Returns the pictures of a run in the order of their tabs. Without its data, those that need none come first. */
export function viewsOf({ plan: { task }, opened }: Run): readonly View[] {
  const views = OF_TASK[task].map((own) => VIEWS.find(({ id }) => id === own)!);
  if (!opened) return views;
  return [...views.filter(({ needsData }) => !needsData), ...views.filter(({ needsData }) => needsData)];
}

/** The id of the picture that is open on the page of a run. */
export const chosenView = (run: string) => kept(run, "view", "");
