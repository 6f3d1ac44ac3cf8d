import { useState } from "preact/hooks";
import type { Run } from "../runs/run.ts";
import { examplesOf } from "../tasks/examples.ts";

/** An input of a model: a text, or vectors. */
export type Input = string | readonly (readonly number[])[];

/** Keeps the input of a picture. It starts with an example of the data set. */
export function useInput(run: Run) {
  const examples = examplesOf(run) as readonly Input[];
  const [input, setInput] = useState<Input>(examples[0] ?? "");
  return { examples, input, setInput, isEmpty: typeof input === "string" ? !input.trim() : !input.length };
}

interface SourceProps extends ReturnType<typeof useInput> {
  readonly name: string;
}

/** Lets one type an input or choose an example. Vectors cannot be typed. */
export function SourceField({ name, examples, input, setInput }: SourceProps) {
  return (
    <>
      {typeof input === "string" && (
        <label class="field">
          {name}
          <input
            value={input}
            maxLength={200}
            onInput={({ currentTarget }) => setInput(currentTarget.value)}
          />
        </label>
      )}
      {examples.length > 1 && (
        <p class="chips">
          {examples.map((example, i) => (
            <button
              key={i}
              type="button"
              class="small"
              aria-pressed={example === input}
              onClick={() => setInput(example)}
            >
              {typeof example === "string" ? example : `Example ${i + 1}`}
            </button>
          ))}
        </p>
      )}
    </>
  );
}
