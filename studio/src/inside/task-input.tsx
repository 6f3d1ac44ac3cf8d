import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { ask } from "../desk/ask.ts";
import { runFile } from "../desk/run-file.ts";
import { useAnswer } from "../desk/use-answer.ts";
import type { AnyInput } from "../look/record.ts";
import { kept } from "../runs/kept.ts";
import { modelOf } from "../runs/models.ts";
import type { Run } from "../runs/run.ts";
import { examplesOf } from "../tasks/examples.ts";
import type { Sequence } from "../tasks/parts/sequence.ts";
import { UnknownHint } from "../tasks/parts/unknown.tsx";
import { promptOf, type Tried, useTried } from "../tasks/parts/use-tried.ts";
import { Choice } from "../ui/fields.tsx";
import { tellError } from "../ui/notices.tsx";
import { type InputKind, inputKind, madeUpInput, readInput, writeInput } from "./inputs.ts";
import { passageOf } from "./passage.ts";
import { short } from "./symbols.ts";

interface TaskInput {
  /** What the model is to read; undefined if the field is blank or wrong. It stays the same object while the text does. */
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

/** A text as it was typed, which may not be a list of numbers yet. */
interface Draft {
  readonly text: string;
  /** What was tried then. If something else is tried since, the draft is over. */
  readonly tried: Sequence;
}

/**
 * The field for what a model reads, for any task. All pictures of a run share it with the panel "Try it".
 *
 * @param onCaret gets the place of the cursor in the text when it moves
 */
export function useTaskInput(run: Run, onCaret?: (place: number) => void): TaskInput {
  const { task } = run.plan;
  const isLanguage = task === "language-model";
  const kind = inputKind(task, run.spec);
  const { input: tried, setTried } = useTried(run);
  const draft = kept<Draft | undefined>(run.id, "draft", undefined);
  const place = kept(run.id, "passage", -1);
  const own = kept(run.id, "written", "").value.slice(0, LIMIT);
  const examples = isLanguage ? [] : inputsOf(run);
  const isTyped = draft.value !== undefined && draft.value.tried === tried;
  const text = isTyped
    ? draft.value!.text
    : writeInput(tried) || (kind === "text" ? "" : madeUpInput(run.spec));
  const { input, problem } = useMemo(() => read(text, kind), [text, kind]);
  const setText = (text: string) => {
    if (kind === "text") return setTried(text);
    const rows = (read(text, kind).input ?? tried) as Sequence;
    setTried(rows);
    draft.value = { text, tried: rows };
  };
  const readNext = async () => {
    place.value++;
    if (isLanguage) {
      const passage = await passageOf(run, SHARES[place.value % SHARES.length]!);
      return setTried(passage ?? (text || String(examplesOf(run)[0] ?? "")));
    }
    const found = await exampleOf(run, place.value);
    if (found) setTried(found.input, found.truth);
  };
  useEffect(() => {
    if (place.value < 0 && !tried.length) readNext().catch(() => {}); // without data, one types
  }, [run.id]);
  const model = modelOf(run.id);
  const conditions = useAnswer(task === "generator" && model ? () => ask(model, "conditions") : undefined, [
    task,
    run.id,
    model !== undefined,
  ]).value;
  const editor = conditions?.length ? (
    <Choice
      name="What it writes from"
      choices={conditions.map((name) => [name, name] as const)}
      value={conditions.includes(text) ? text : conditions[0]!}
      onChange={setText}
    />
  ) : (
    <div class="field">
      <label>
        {task === "generator" ? "What it writes from" : LABELS[kind]}
        <textarea
          rows={kind === "text" ? (isLanguage ? 4 : 2) : 4}
          maxLength={kind === "text" ? LIMIT : undefined}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            onCaret?.(currentTarget.selectionEnd);
          }}
          onSelect={({ currentTarget }) => onCaret?.(currentTarget.selectionEnd)}
        />
      </label>
      {kind === "text" && text.length >= LIMIT && (
        <p class="about" role="status">
          A picture shows {LIMIT} characters at most, so a longer text is cut there.
        </p>
      )}
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {isLanguage && model && text !== promptOf(run).value && <UnknownHint model={model} text={text} />}
      {run.opened && !examples.length && (
        <p class="about">
          The data of this model are not here: type or paste {isLanguage ? "a text" : "an example"} of your
          own.
        </p>
      )}
      <div class="chips">
        {!run.opened && !examples.length && (
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
        {own && (
          <button type="button" class="small" aria-pressed={own === text} onClick={() => setTried(own)}>
            What it wrote above
          </button>
        )}
        {examples.map((example, i) => {
          const written = writeInput(example);
          return (
            <button
              key={i}
              type="button"
              class="small"
              aria-pressed={written === text}
              onClick={() => setTried(example as Sequence)}
            >
              {typeof example === "string" ? short(example, 28) : `Example ${i + 1}`}
            </button>
          );
        })}
      </div>
    </div>
  );
  return { input, text, setText, editor };
}

/** Reads a text, or says what is wrong with it. */
function read(
  text: string,
  kind: InputKind,
): { readonly input?: AnyInput | undefined; readonly problem?: string } {
  try {
    return { input: readInput(text, kind) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** Examples that are read from the data. */
const EXAMPLES = 20;

/** Returns an example of the data of a run; undefined if they are not at hand. */
async function exampleOf(run: Run, place: number): Promise<Tried | undefined> {
  const data = await runFile(run);
  const model = modelOf(run.id);
  if (!data || !model) return undefined;
  const found = await ask(model, "samples", data, EXAMPLES);
  return found[place % found.length];
}

/** Returns the examples of a run's data. Those of a forecaster are the rows of one input. */
function inputsOf(run: Run): readonly unknown[] {
  const examples = examplesOf(run);
  return run.plan.task === "forecaster" && examples.length ? [examples] : examples;
}
