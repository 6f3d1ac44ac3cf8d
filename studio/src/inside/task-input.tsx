import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ask } from "../desk/ask.ts";
import type { AnyInput } from "../look/record.ts";
import { modelOf } from "../runs/models.ts";
import type { Run } from "../runs/run.ts";
import { dataFile } from "../runs/shelf.ts";
import { examplesOf } from "../tasks/examples.ts";
import { tellError } from "../ui/notices.tsx";
import { type InputKind, inputKind, madeUpInput, readInput, writeInput } from "./inputs.ts";
import { kept } from "./kept.ts";
import { passageOf } from "./passage.ts";
import { short } from "./symbols.ts";

interface TaskInput {
  /** What the model is to read; undefined if the field is blank or wrong. */
  readonly input: AnyInput | undefined;
  /** The text of the field, which changes with the input. */
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly editor: JSX.Element;
}

/** Characters that a picture shows at most. */
const LIMIT = 600;

const LABELS: Readonly<Record<InputKind, string>> = {
  text: "The text that it reads",
  numbers: "The numbers that it reads, one step on each line",
  vectors: "The numbers that it reads, one step on each line",
};

/** Where passages are cut out of the data, as shares of it. The first is near the end, which is not trained on. */
const SHARES = [0.96, 0.15, 0.4, 0.65, 0.85];

/**
 * The field for what a model reads, for any task. All pictures of a run share it.
 *
 * @param onCaret gets the place of the cursor in the text when it moves
 */
export function useTaskInput(run: Run, onCaret?: (place: number) => void): TaskInput {
  const { task } = run.plan;
  const isLanguage = task === "language-model";
  const kind = inputKind(task, run.spec);
  const examples = isLanguage ? [] : inputsOf(run);
  const text = kept(run.id, "text", startOf(run, kind));
  const place = kept(run.id, "passage", -1);
  const readNext = async () => {
    place.value++;
    const found = await (isLanguage
      ? passageOf(run, SHARES[place.value % SHARES.length]!)
      : exampleOf(run, place.value));
    if (found) text.value = found;
    else if (isLanguage) text.value ||= String(examplesOf(run)[0] ?? "");
  };
  useEffect(() => {
    if (place.value < 0 && !examples.length) readNext().catch(() => {}); // without data, one types
  }, [run.id]);
  let input: AnyInput | undefined;
  let problem: string | undefined;
  try {
    input = readInput(text.value, kind);
  } catch (error) {
    problem = (error as Error).message;
  }
  const editor = (
    <div class="field">
      <label>
        {task === "generator" ? "What it writes from" : LABELS[kind]}
        <textarea
          rows={kind === "text" ? (isLanguage ? 4 : 2) : 4}
          maxLength={kind === "text" ? LIMIT : undefined}
          spellcheck={false}
          value={text.value}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value;
            onCaret?.(currentTarget.selectionEnd);
          }}
          onSelect={({ currentTarget }) => onCaret?.(currentTarget.selectionEnd)}
        />
      </label>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="chips">
        {!examples.length && task !== "forecaster" && (
          <button
            type="button"
            class="small"
            onClick={() => {
              readNext().catch(tellError);
              onCaret?.(Number.MAX_SAFE_INTEGER);
            }}
          >
            {isLanguage ? "Another passage of its text" : "Another example of its data"}
          </button>
        )}
        {examples.map((example, i) => (
          <button
            key={i}
            type="button"
            class="small"
            onClick={() => {
              text.value = writeInput(example);
            }}
          >
            {typeof example === "string" ? short(example, 28) : `Example ${i + 1}`}
          </button>
        ))}
      </div>
    </div>
  );
  const setText = (changed: string) => {
    text.value = changed;
  };
  return { input, text: text.value, setText, editor };
}

/** Examples that are read from the data. */
const EXAMPLES = 20;

/** Returns an example of the data of a run; undefined if they are not at hand. */
async function exampleOf(run: Run, place: number): Promise<string | undefined> {
  const data = await dataFile(run);
  const model = modelOf(run.id);
  if (!data || !model || run.plan.task === "forecaster") return undefined;
  const { seed = 1 } = run.plan.recipe as { seed?: number };
  const found = await ask(model, "samples", data, { count: EXAMPLES, seed });
  return found.length ? writeInput(found[place % found.length]!.input) : undefined;
}

/** Returns the examples of a run's data. Those of a forecaster are the rows of one input. */
function inputsOf(run: Run): readonly unknown[] {
  const examples = examplesOf(run);
  return run.plan.task === "forecaster" && examples.length ? [examples] : examples;
}

function startOf(run: Run, kind: InputKind): string {
  if (run.plan.task === "language-model") return ""; // a passage follows
  const [example] = inputsOf(run);
  const written = example === undefined ? "" : writeInput(example);
  return written || (kind === "text" ? "" : madeUpInput(run.spec));
}
