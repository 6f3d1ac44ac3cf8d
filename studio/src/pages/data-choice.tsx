import type { ComponentChildren } from "preact";
import type { Dataset } from "../tasks/datasets.ts";

interface DataChoiceProps {
  readonly datasets: readonly Dataset[];
  /** The chosen data set; undefined for data of one's own. */
  readonly chosen: Dataset | undefined;
  readonly onChoose: (dataset: Dataset | undefined) => void;
  /** What belongs to the choice. */
  readonly children: ComponentChildren;
}

/** Chooses what a network learns from: a data set of the task, or data of one's own. */
export function DataChoice({ datasets, chosen, onChoose, children }: DataChoiceProps) {
  return (
    <fieldset class="card">
      <legend>What should it learn from?</legend>
      <div class="choices">
        {datasets.map((one) => (
          <label key={one.id} class="choice">
            <input type="radio" name="dataset" checked={one === chosen} onChange={() => onChoose(one)} />
            <span>
              <strong>{one.title}</strong> <span class="about">{one.about}</span>
            </span>
          </label>
        ))}
        <label class="choice">
          <input type="radio" name="dataset" checked={!chosen} onChange={() => onChoose(undefined)} />
          <span>
            <strong>Your own data</strong>{" "}
            <span class="about">A file, or pasted text. It stays in this browser.</span>
          </span>
        </label>
      </div>
      {children}
    </fieldset>
  );
}

export function DatasetNotes({ tryThis, origin: { name, url, licence, by }, bytes }: Dataset) {
  return (
    <p class="about">
      <strong>Try afterwards:</strong> {tryThis}
      <br />
      <strong>Data:</strong> <a href={url}>{name}</a>
      {by && ` by ${by}`}, {licence}, {Math.max(1, Math.round(bytes / 1000))} kB
    </p>
  );
}
