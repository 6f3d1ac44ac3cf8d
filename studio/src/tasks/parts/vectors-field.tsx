import { useEffect, useState } from "preact/hooks";
import { ask } from "../../desk/ask.ts";
import { otherFile, runFile } from "../../desk/run-file.ts";
import { useAnswer } from "../../desk/use-answer.ts";
import type { ViewProps } from "../task.ts";
import { isFilled, type Sequence } from "./sequence.ts";
import { StepsFigure } from "./steps-figure.tsx";

interface VectorsFieldProps extends ViewProps {
  readonly name: string;
  readonly value: Sequence;
  /** @param truth what belongs to the sequence in the data, such as its label */
  readonly onChange: (sequence: Sequence, truth: string | undefined) => void;
}

const MOST = 40;

/** Says what the numbers of a step are, if the studio knows it. */
const rowsInWords = ({ plan: { task, source } }: ViewProps["run"]) =>
  task === "transcriber" && source.kind === "dataset"
    ? "the loudness of a band of the sound, low tones at the bottom and high ones at the top"
    : "the first at the bottom";

/** Lets one choose a sequence of vectors from the data of the run, or from a file. */
export function VectorsField({ run, model, name, value, onChange }: VectorsFieldProps) {
  const [file, setFile] = useState<File>();
  const [at, setAt] = useState(0);
  const found = useAnswer(async () => {
    const data = file ? otherFile(run, file) : await runFile(run);
    return data ? ask(model, "samples", data, MOST) : [];
  }, [run.id, file]);
  const samples = found.value ?? [];
  const choose = (place: number) => {
    const sample = samples[(place + samples.length) % samples.length]!;
    setAt((place + samples.length) % samples.length);
    onChange(sample.input, sample.truth);
  };
  useEffect(() => {
    if (samples.length) choose(0);
  }, [found.value]);
  return (
    <>
      <div class="buttons">
        <button type="button" class="small" disabled={samples.length < 2} onClick={() => choose(at - 1)}>
          ← Before
        </button>
        <button type="button" class="small" disabled={samples.length < 2} onClick={() => choose(at + 1)}>
          Next →
        </button>
        <label class="button small">
          From a file
          <input
            type="file"
            accept=".jsonl,.ndjson,.json"
            class="spoken"
            onChange={({ currentTarget }) => setFile(currentTarget.files?.[0])}
          />
        </label>
      </div>
      {found.error && <p class="problem">{found.error}</p>}
      {!samples.length && !found.busy && !found.error && (
        <p class="about">
          The data of this model are not here. Choose a file with sequences in the same form.
        </p>
      )}
      {typeof value !== "string" && isFilled(value) && (
        <StepsFigure
          title={samples[at]?.input === value ? `${name} ${at + 1} of ${samples.length}` : name}
          about={`Time runs from left to right. Each row is one of the numbers of a step, ${rowsInWords(run)}. The stronger the colour, the larger.${samples[at]?.input === value ? " The network did not learn from these examples." : ""}`}
          steps={value}
        />
      )}
    </>
  );
}
