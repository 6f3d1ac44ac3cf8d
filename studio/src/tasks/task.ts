import type { ComponentType } from "preact";
import type { TaskName } from "unrolled/worker";
import type { Model } from "../runs/models.ts";
import type { Run, Scored } from "../runs/run.ts";

/** What a picture or a panel gets: a run, and its model of the moment. */
export interface ViewProps {
  readonly run: Run;
  readonly model: Model;
}

/** A score for people: its name, its value with unit, and whether lower is better in a sentence that explains it. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly about: string;
}

/** Groups of tasks, in the order of the first page. */
export const GROUPS = ["Write", "Forecast", "Sort and find", "Translate and pack", "Listen"] as const;

/** A task as the studio shows it. */
export interface StudioTask {
  readonly task: TaskName;
  /** What it does, as a command: "Write like a text". */
  readonly title: string;
  /** One plain sentence. */
  readonly about: string;
  readonly group: (typeof GROUPS)[number];
  /** About how many seconds its first data set takes: those of the trainer's thread in Chromium, two for the start, and some more. */
  readonly seconds: number;
  /** What a file of one's own looks like, with two lines of example. */
  readonly format: { readonly about: string; readonly example: string; readonly accept: string };
  /** What the loss counts: "nats per character". */
  readonly lossUnit: string;
  /** The scores of an evaluation, the one that people want first. */
  readonly scores: (evaluation: Scored["evaluation"]) => readonly Figure[];
  /** Loads the panel in which one uses the model. */
  readonly use: () => Promise<ComponentType<ViewProps>>;
}
