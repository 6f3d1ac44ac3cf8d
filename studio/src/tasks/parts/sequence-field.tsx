import { examplesOf } from "../examples.ts";
import type { ViewProps } from "../task.ts";
import type { Sequence } from "./sequence.ts";
import { TextField } from "./text-field.tsx";
import { UnknownHint } from "./unknown.tsx";
import { useInfo } from "./use-info.ts";
import { VectorsField } from "./vectors-field.tsx";

interface SequenceFieldProps extends ViewProps {
  readonly name: string;
  readonly value: Sequence;
  readonly onChange: (sequence: Sequence, truth?: string) => void;
}

/** A field for what a model reads: a text, or an example of the data if it reads vectors. */
export function SequenceField(props: SequenceFieldProps) {
  const { run, model, name, value, onChange } = props;
  const info = useInfo(model);
  if (!info) return <div style={{ minHeight: "7rem" }} />;
  if (info.spec.features) return <VectorsField {...props} />;
  const examples = examplesOf(run).filter((example) => typeof example === "string");
  return (
    <>
      <TextField
        name={name}
        value={typeof value === "string" ? value : ""}
        examples={examples}
        onChange={(text) => onChange(text)}
      />
      <UnknownHint model={model} text={typeof value === "string" ? value : ""} />
    </>
  );
}
