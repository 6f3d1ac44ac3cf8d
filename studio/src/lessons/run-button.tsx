import type { Experiments } from "../lab/experiments.ts";
import type { Experiment } from "./experiment.ts";

interface RunButtonProps {
  readonly name: string;
  readonly experiment: Pick<Experiment<keyof Experiments>, "running" | "stop" | "error">;
  /** Share of the work that is done, from 0 to 1. */
  readonly share?: number | undefined;
  readonly onStart: () => void;
}

/** Starts and stops an experiment, and shows how far it is. It stays the same button, so the keyboard's place is kept. */
export function RunButton({ name, experiment: { running, stop, error }, share, onStart }: RunButtonProps) {
  return (
    <div class="run-button">
      <button type="button" class="primary" onClick={running ? stop : onStart}>
        {running ? "Stop" : name}
      </button>
      <progress max={1} value={running ? (share ?? 0) : share ? 1 : 0} aria-label={`${name}: done`} />
      {error && (
        <p class="problem" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
