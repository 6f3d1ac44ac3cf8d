import { useEffect, useRef, useState } from "preact/hooks";
import type { Experiments } from "../lab/experiments.ts";
import { plain } from "../ui/plain.ts";
import { LabWorker } from "./lab-worker.ts";

type Options<Name extends keyof Experiments> = Omit<
  NonNullable<Parameters<Experiments[Name]>[0]>,
  "onProgress" | "shouldStop"
>;
type Result<Name extends keyof Experiments> = Awaited<ReturnType<Experiments[Name]>>;
type EventOf<Name extends keyof Experiments> =
  NonNullable<Parameters<Experiments[Name]>[0]> extends { readonly onProgress?: (event: infer Event) => void }
    ? Event
    : never;

/** An experiment on the page. */
export interface Experiment<Name extends keyof Experiments> {
  readonly running: boolean;
  /** What it has reported so far; kept after the end. */
  readonly event?: EventOf<Name> | undefined;
  readonly result?: Result<Name> | undefined;
  readonly error?: string | undefined;
  /** Starts it, in place of one that runs. */
  readonly start: (options?: Options<Name>) => void;
  readonly stop: () => void;
}

/** Runs an experiment of the lab in a worker of its own, which ends with the page. */
export function useExperiment<Name extends keyof Experiments>(name: Name): Experiment<Name> {
  type Shown = Pick<Experiment<Name>, "running" | "event" | "result" | "error">;
  const [shown, setShown] = useState<Shown>({ running: false });
  const lab = useRef<LabWorker>(undefined);
  useEffect(() => () => lab.current?.end(), []);

  function start(options: object = {}): void {
    if (shown.running) lab.current?.end();
    if (!lab.current?.alive) lab.current = new LabWorker();
    const worker = lab.current;
    const isCurrent = () => lab.current === worker && worker.alive;
    setShown(({ result }) => ({ running: true, result }));
    worker
      .run(name, options, (event) => {
        if (isCurrent()) setShown((before) => ({ ...before, event: event as EventOf<Name> }));
      })
      .then(
        (result) => {
          if (isCurrent())
            setShown(({ event }) => ({ running: false, event, result: result as Result<Name> }));
        },
        (error: Error) => {
          if (isCurrent()) setShown((before) => ({ ...before, running: false, error: plain(error.message) }));
        },
      );
  }

  function stop(): void {
    lab.current?.end();
    setShown((before) => ({ ...before, running: false }));
  }

  return { ...shown, start, stop };
}
